package dev.outpost.runtime.cli;

import dev.outpost.runtime.fleet.hub.Bundle;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code outpost fleet bundle}: the same signed content for a stick. */
@Command(name = "bundle", description = "Write what is rolled out to a stick, for devices without a link.")
final class FleetBundleCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The stick.")
    private Path to;

    @Option(names = "--device", paramLabel = "NAME", split = ",", description = "For these devices alone (default: "
            + "all).")
    private List<String> devices = List.of();

    @Mixin
    private FleetPlace place;

    FleetBundleCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FleetDirectory directory = place.directory();
        Bundle.Written written;
        try (var database = place.database(directory)) {
            Bundle bundle = Bundle.collect(directory, database, to, new TreeSet<>(devices));
            try (var bar = new ProgressBar(terminal, "writing", bundle.bytes())) {
                written = bundle.write(bar);
            }
        }
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeStringField("directory", written.directory().toString());
                out.writeArrayFieldStart("for");
                for (String name : written.addressees()) {
                    out.writeString(name);
                }
                out.writeEndArray();
                out.writeNumberField("files", written.files());
                out.writeNumberField("bytes", written.bytes());
                out.writeEndObject();
            }));
        } else {
            terminal.out().println(written.directory() + ": for " + String.join(", ", written.addressees()) + "; "
                    + written.files() + " files, " + written.bytes() + " bytes");
            terminal.err().println("next, when the stick is back: outpost fleet receipts " + to + place.flag());
        }
        return ExitStatus.OK.code();
    }
}
