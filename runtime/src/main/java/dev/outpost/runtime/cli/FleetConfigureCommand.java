package dev.outpost.runtime.cli;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.runtime.config.FleetText;
import dev.outpost.runtime.fleet.hub.ConfigurationDesk;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetKeys;
import dev.outpost.runtime.fleet.hub.RolloutDesk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet configure}: a signed configuration for devices and groups. */
@Command(name = "configure", description = "Give devices and groups a configuration, taken at their next start.")
final class FleetConfigureCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "Settings, as in outpost.yaml.")
    private Path file;

    @Option(names = "--to", paramLabel = "NAME", required = true, arity = "1..*", description = "Devices and groups.")
    private List<String> to;

    @Option(names = "--none", description = "Take the present one back.")
    private boolean none;

    @Mixin
    private FleetPlace place;

    FleetConfigureCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (none == (file != null)) {
            throw new CommandFailure(ExitStatus.USAGE, "expected either FILE or --none",
                    "`outpost fleet configure --help`");
        }
        Optional<byte[]> content = none ? Optional.empty() : Optional.of(checked());
        FleetDirectory directory = place.directory();
        var versions = new LinkedHashMap<String, Long>();
        try (var database = place.database(directory)) {
            FleetKeys keys = FleetKeys.online(directory);
            var names = new RolloutDesk(directory, keys, database);
            List<Addressee> addressees = to.stream().map(names::addressee).toList();
            var desk = new ConfigurationDesk(directory, keys, database);
            for (Addressee addressee : addressees) {
                versions.put(addressee.key(), desk.put(addressee, content, Instant.now()));
            }
        }
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartObject();
                for (Map.Entry<String, Long> told : versions.entrySet()) {
                    out.writeNumberField(told.getKey(), told.getValue());
                }
                out.writeEndObject();
            }));
        } else {
            versions.forEach((name, version) -> terminal.out().println(name + ": version " + version));
        }
        return ExitStatus.OK.code();
    }

    /** What no device would apply is not signed. */
    private byte[] checked() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure(ExitStatus.NO_INPUT, "no such file: path=" + file, "");
        }
        rooms.config(Optional.of(file), Map.of());
        byte[] content = Files.readAllBytes(file);
        FleetText.check(file.toString(), new String(content, StandardCharsets.UTF_8));
        return content;
    }
}
