package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.ReleaseBook;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code outpost fleet releases}: what was signed so far. */
@Command(name = "releases", description = "List the signed releases.")
final class FleetReleasesCommand implements Callable<Integer> {

    private static final double MEBI = 1 << 20;

    private final Terminal terminal;

    @Mixin
    private FleetPlace place;

    FleetReleasesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FleetDirectory directory = place.directory();
        List<ReleaseBook.Signed> releases;
        try (var database = place.database(directory)) {
            releases = new ReleaseBook(database).all();
        }
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartArray();
                for (ReleaseBook.Signed release : releases) {
                    write(out, release);
                }
                out.writeEndArray();
            }));
            return ExitStatus.OK.code();
        }
        for (ReleaseBook.Signed release : releases) {
            terminal.out().println(String.format(Locale.ROOT, "%-24s %-10s %-8s %9.1f MiB  %s%s",
                    release.row().line() + "@" + release.row().counter(), release.manifest().kind().word(),
                    release.manifest().quantisation(), release.row().bytes() / MEBI, release.row().name(),
                    release.row().revoked().map(at -> "  REVOKED " + at).orElse("")));
        }
        return ExitStatus.OK.code();
    }

    static void write(JsonGenerator out, ReleaseBook.Signed release) throws IOException {
        var row = release.row();
        var manifest = release.manifest();
        out.writeStartObject();
        out.writeStringField("line", row.line());
        out.writeNumberField("counter", row.counter());
        out.writeStringField("kind", manifest.kind().word());
        out.writeStringField("title", row.name());
        out.writeStringField("release", release.payload().hex());
        out.writeStringField("file", row.file().hex());
        out.writeNumberField("bytes", row.bytes());
        out.writeStringField("quantisation", manifest.quantisation());
        out.writeNumberField("memory_bytes", manifest.file().memoryBytes());
        out.writeStringField("licence", manifest.licence());
        out.writeNumberField("golden", manifest.golden().size());
        out.writeStringField("minimum_runtime", manifest.minimumRuntime().toString());
        out.writeBooleanField("revoked", row.revoked().isPresent());
        out.writeEndObject();
    }
}
