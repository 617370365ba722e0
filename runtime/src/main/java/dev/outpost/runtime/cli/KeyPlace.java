package dev.outpost.runtime.cli;

import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the keys are that do not lie with the fleet, and what opens them. */
final class KeyPlace {

    @Option(names = "--keys", paramLabel = "DIR", description = "Where the keys of root, release and owner lie, such as a stick "
            + "(default: the fleet's keys directory).")
    private Path keys;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Its first line locks and opens those "
            + "keys.")
    private Path passphrase;

    Path offline(Path otherwise) {
        return keys == null ? otherwise : keys.toAbsolutePath().normalize();
    }

    FleetKeys keys(FleetDirectory directory) {
        return FleetKeys.in(List.of(directory.keys(), offline(directory.keys())), passphrase());
    }

    Optional<char[]> passphrase() {
        if (passphrase == null) {
            return Optional.empty();
        }
        try {
            String line = Files.readString(passphrase).lines().findFirst().orElse("");
            if (line.isBlank()) {
                throw new CommandFailure(ExitStatus.DATA, "the passphrase file is empty: path=" + passphrase, "");
            }
            return Optional.of(line.toCharArray());
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.NO_INPUT, "passphrase file cannot be read: " + e.getMessage(), "");
        }
    }
}
