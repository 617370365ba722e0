package dev.outpost.runtime.fleet.hub;

import dev.outpost.runtime.fleet.hub.database.DeviceTable;
import dev.outpost.runtime.fleet.hub.database.DeviceTable.Standing;
import java.util.Map;
import java.util.Optional;

/** Who is enrolled, as of the last poll: what every message is checked against before anything else. Any thread. */
final class Roster {

    private static final long LOOK_AGAIN_NANOS = 250_000_000;

    private final DeviceTable devices;
    private volatile Map<String, Standing> standings = Map.of();
    private volatile long readAt;

    Roster(DeviceTable devices) {
        this.devices = devices;
    }

    void refresh() {
        readAt = System.nanoTime();
        standings = devices.standings();
    }

    /** Where a device stands, after another look: it may have been enrolled a moment ago. Strangers cost few looks. */
    Optional<Standing> admittedMeanwhile(String device) {
        var known = admitted(device);
        if (known.isEmpty() && System.nanoTime() - readAt > LOOK_AGAIN_NANOS) {
            refresh();
            return admitted(device);
        }
        return known;
    }

    /** Where a device stands; empty for one that is not enrolled, or was revoked. */
    Optional<Standing> admitted(String device) {
        return Optional.ofNullable(standings.get(device)).filter(standing -> !standing.revoked());
    }
}
