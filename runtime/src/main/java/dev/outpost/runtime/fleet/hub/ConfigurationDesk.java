package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Gives devices and groups a configuration: it travels with the word that names their releases, under its signature. */
public final class ConfigurationDesk {
    /** Most bytes of a configuration. */
    public static final int MAX_BYTES = 64 << 10;

    private final FleetDatabase database;
    private final DesiredDesk desired;

    public ConfigurationDesk(FleetDirectory directory, FleetKeys keys, FleetDatabase database) {
        this.database = database;
        this.desired = new DesiredDesk(directory, keys, database);
    }

    /**
     * Replaces the configuration of an addressee; its devices take it at their next start.
     *
     * @param content a configuration file; empty takes the present one back
     * @return the version of the word that says so
     */
    public long put(Addressee addressee, Optional<byte[]> content, Instant now) {
        if (content.filter(bytes -> bytes.length > MAX_BYTES || bytes.length == 0).isPresent()) {
            throw new FleetException(FleetException.Reason.INPUT, "configuration is empty or too long: bytes="
                    + content.get().length + ", limit=" + MAX_BYTES);
        }
        Optional<ContentDigest> digest = content.map(bytes -> database.documents().put(bytes, now));
        Optional<FleetDocument> before = desired.current(addressee);
        return desired.put(addressee, before.map(FleetDocument::targets).orElse(List.of()), digest,
                before.map(FleetDocument::rollout).orElse(RolloutRule.EVERYBODY), now);
    }
}
