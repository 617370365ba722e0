package dev.outpost.runtime.fleet.hub.database;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A device as the fleet knows it.
 *
 * @param profile as claimed, then as reported
 * @param enrolled when its last certificate was issued
 * @param quarantined since when two machines seem to share this identity
 * @param online what it or its will said last; debounced by the hub
 * @param heard when that was
 * @param bootId 16 hexadecimal digits; empty before it was first heard
 * @param desiredVersion the fleet document it follows, 0 for none
 * @param models digests of its models, hexadecimal
 * @param report payload of its last verified report, JSON; empty before the first
 */
public record DeviceRow(String device, String site, SortedSet<String> groups, String profile,
        Optional<Instant> enrolled, Optional<Instant> revoked, Optional<Quarantine> quarantined, boolean online,
        Optional<Instant> heard, String bootId, String runtime, long desiredVersion, List<String> models,
        Optional<byte[]> report, Optional<Instant> reported) {

    /** Why and since when a device is not trusted to be one. */
    public record Quarantine(Instant since, String reason) {}

    /** Copies the collections. */
    public DeviceRow {
        groups = new TreeSet<>(groups);
        models = List.copyOf(models);
    }
}
