package dev.outpost.runtime;

import dev.outpost.provisioning.activate.ConfigurationShelf;
import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.runtime.config.FleetText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The configurations that a fleet has put into a state directory; each was verified before it came there. */
final class FleetShelf {

    /** A device's own configuration goes before its groups'; without that its number is the fleet document's. */
    private static final long RANK = 1L << 52;

    private FleetShelf() {}

    /** Newest first; none where there is no state directory or this user may not read it. */
    static List<FleetText> read(Path state) {
        if (!Files.isDirectory(state.resolve("configuration")) || !Files.isReadable(state.resolve("configuration"))) {
            return List.of();
        }
        try {
            return new ConfigurationShelf(new DirectoryStorage(state)).kept().stream()
                    .map(kept -> new FleetText(kept.version() % RANK,
                            new String(kept.content(), StandardCharsets.UTF_8)))
                    .toList();
        } catch (ProvisioningException unreadable) {
            return List.of();
        }
    }
}
