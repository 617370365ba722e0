package dev.outpost.runtime.fleet.hub;

import dev.outpost.runtime.fleet.hub.database.DeviceTable;
import dev.outpost.runtime.fleet.hub.database.DeviceTable.Standing;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is enrolled, as of the last poll: what every message is checked against before anything else. Any thread. */
final class Roster {

    /** Looks at the database for names that are not on the roster, between two polls: strangers cost no more. */
    private static final int MOST_LOOKS = 16;

    private final DeviceTable devices;
    private final AtomicInteger looks = new AtomicInteger();
    private volatile Map<String, Standing> standings = Map.of();

    Roster(DeviceTable devices) {
        this.devices = devices;
    }

    /** The poll's. */
    void refresh() {
        looks.set(0);
        standings = devices.standings();
    }

    /** Where a device stands, after another look: it may have been enrolled a moment ago. */
    Optional<Standing> admittedMeanwhile(String device) {
        if (!standings.containsKey(device) && looks.incrementAndGet() <= MOST_LOOKS) {
            standings = devices.standings();
        }
        return admitted(device);
    }

    /** Where a device stands; empty for one that is not enrolled, or was revoked. */
    Optional<Standing> admitted(String device) {
        return Optional.ofNullable(standings.get(device)).filter(standing -> !standing.revoked());
    }
}
