package dev.outpost.runtime.cli;

import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.Revocation;
import dev.outpost.runtime.fleet.hub.RootDesk;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet revoke}: a device's certificates, or a release. */
@Command(name = "revoke", description = "Revoke a device, or a release (needs two root keys).")
final class FleetRevokeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DEVICE|LINE@N", description = "A device, or a release.")
    private String what;

    @Mixin
    private FleetPlace place;

    @Mixin
    private KeyPlace keys;

    FleetRevokeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FleetDirectory directory = place.directory();
        try (var database = place.database(directory)) {
            if (what.matches("[a-z0-9-]{1,64}@\\d{1,15}")) {
                release(directory, database);
            } else {
                device(directory, database);
            }
        }
        return ExitStatus.OK.code();
    }

    private void device(FleetDirectory directory, FleetDatabase database) {
        Path list = new Revocation(directory, database).revoke(what, Instant.now());
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeStringField("device", what);
                out.writeStringField("list", list.toString());
                out.writeEndObject();
            }));
            return;
        }
        terminal.out().println("revoked: device " + what);
        terminal.err().println("next: give " + list + " to the broker and restart it, so that it cuts the connection");
    }

    private void release(FleetDirectory directory, FleetDatabase database) {
        var desk = new RootDesk(directory, keys.offline(directory.keys()), keys.passphrase(), database);
        desk.catchUp(Instant.now());
        String line = what.substring(0, what.indexOf('@'));
        long counter = Long.parseLong(what.substring(line.length() + 1));
        RootDesk.NewRoot root = desk.revoke(line, counter, Instant.now());
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeStringField("release", what);
                out.writeNumberField("root", root.version());
                out.writeNumberField("renewed", root.renewed());
                out.writeEndObject();
            }));
            return;
        }
        terminal.out().println("revoked: release " + what + ", root " + root.version() + ", " + root.renewed()
                + " addressees told");
    }
}
