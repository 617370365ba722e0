package dev.outpost.runtime.cli;

import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.RootDesk;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet rotate}: new keys, said by a new root. */
@Command(name = "rotate", description = "Give signers new keys by a new root (needs two root keys).")
final class FleetRotateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "0..*", paramLabel = "SIGNER", description = "fleet, freshness, owner, release-1, release-2, root-1 to root-3 "
            + "(default: fleet freshness).")
    private List<String> signers = List.of("fleet", "freshness");

    @Mixin
    private FleetPlace place;

    @Mixin
    private KeyPlace keys;

    FleetRotateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FleetDirectory directory = place.directory();
        try (var database = place.database(directory)) {
            var desk = new RootDesk(directory, keys.offline(directory.keys()), keys.passphrase(), database);
            desk.catchUp(Instant.now());
            RootDesk.NewRoot root = desk.rotate(signers, Instant.now());
            if (place.json()) {
                terminal.out().println(JsonText.of(out -> {
                    out.writeStartObject();
                    out.writeNumberField("root", root.version());
                    out.writeNumberField("renewed", root.renewed());
                    out.writeArrayFieldStart("keys");
                    for (Path file : root.files()) {
                        out.writeString(file.toString());
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                }));
            } else {
                terminal.out().println("root " + root.version() + ": " + root.renewed() + " addressees told");
                root.files().forEach(file -> terminal.out().println("  new key " + file));
                terminal.err().println("the old keys no longer count; devices follow when they hear of this root");
            }
        }
        return ExitStatus.OK.code();
    }
}
