package dev.outpost.runtime.fleet.hub;

import java.time.Duration;
import java.util.Optional;

/**
 * How a hub works.
 *
 * @param poll how often the database is looked at, at most one second
 * @param debounce how long a device may be gone before it counts as offline
 * @param resend after which a command nobody acknowledged is sent again while its device is online
 * @param lease how long a hub that died keeps the duties that one hub has at a time
 * @param retention age at which telemetry is deleted; empty keeps it
 * @param queueBytes most telemetry that waits for the disk, as it came; what does not fit the devices send again
 */
public record HubSettings(Duration poll, Duration debounce, Duration resend, Duration lease,
        Optional<Duration> retention, long queueBytes) {

    /** Shipped defaults: half a second, 30 s, 30 s, 10 s, everything kept, 16 MiB. */
    public static final HubSettings DEFAULT = new HubSettings(Duration.ofMillis(500), Duration.ofSeconds(30),
            Duration.ofSeconds(30), Duration.ofSeconds(10), Optional.empty(), 16 << 20);

    /** The same, deleting telemetry of some age. */
    public HubSettings withRetention(Optional<Duration> age) {
        return new HubSettings(poll, debounce, resend, lease, age, queueBytes);
    }

    /** The same, impatient. */
    public HubSettings withTimes(Duration pollEvery, Duration debounceFor, Duration resendAfter, Duration leaseFor) {
        return new HubSettings(pollEvery, debounceFor, resendAfter, leaseFor, retention, queueBytes);
    }
}
