package dev.outpost.runtime.fleet.hub;

import dev.outpost.runtime.fleet.hub.database.DeviceTable;
import dev.outpost.runtime.fleet.hub.database.DeviceTable.Heard;
import dev.outpost.runtime.fleet.wire.Presence;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who is there. A device whose will was published has 30 seconds to come back before it counts as gone; the will of an
 * earlier run counts for nothing. Two boot ids that take turns on one identity are two machines: both are set aside,
 * since nobody here can know which is the right one.
 */
final class PresenceWatch {

    private static final System.Logger LOG = System.getLogger(PresenceWatch.class.getName());
    /** A run that was replaced never speaks again; once could still be a message that took a detour. */
    private static final int RETURNS = 2;

    private final DeviceTable devices;
    private final InstantSource clock;
    private final Duration debounce;
    /** Boot id of each device heard, and until when one that left may come back. */
    private final Map<String, String> boots = new ConcurrentHashMap<>();
    private final Map<String, Leaving> leaving = new HashMap<>();

    private record Leaving(Presence presence, Instant until) {}

    PresenceWatch(DeviceTable devices, InstantSource clock, Duration debounce) {
        this.devices = devices;
        this.clock = clock;
        this.debounce = debounce;
    }

    /**
     * A device came or went.
     *
     * @param judges whether this hub is the one that looks for clones
     */
    synchronized void heard(String device, Presence presence, boolean judges) {
        if (presence.online()) {
            leaving.remove(device);
            boots.put(device, presence.bootId());
            devices.heard(device, heard(presence, true), clock.instant());
            if (judges) {
                judge(device, presence.bootId());
            }
        } else if (Optional.ofNullable(boots.get(device)).orElse(presence.bootId()).equals(presence.bootId())) {
            leaving.putIfAbsent(device, new Leaving(presence, clock.instant().plus(debounce)));
        }
    }

    /** Those that did not come back in time are gone. */
    synchronized void tick() {
        var now = clock.instant();
        var late = leaving.entrySet().stream().filter(entry -> !now.isBefore(entry.getValue().until())).toList();
        for (var entry : late) {
            devices.heard(entry.getKey(), heard(entry.getValue().presence(), false), now);
            leaving.remove(entry.getKey());
            boots.remove(entry.getKey());
        }
    }

    /** Whether a device is there and not about to leave. */
    synchronized boolean online(String device) {
        return boots.containsKey(device) && !leaving.containsKey(device);
    }

    private void judge(String device, String bootId) {
        if (devices.noteBoot(device, bootId, clock.instant()) >= RETURNS && devices.quarantine(device,
                "two runs take turns on one identity", clock.instant())) {
            LOG.log(System.Logger.Level.ERROR, "device set aside, two machines seem to share its identity: device="
                    + device);
        }
    }

    private static Heard heard(Presence presence, boolean online) {
        return new Heard(online, presence.bootId(), presence.runtime(), presence.profile(), presence.modelDigests(),
                presence.desiredVersion());
    }
}
