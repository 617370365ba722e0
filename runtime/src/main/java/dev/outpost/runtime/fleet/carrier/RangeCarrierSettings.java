package dev.outpost.runtime.fleet.carrier;

import java.time.Duration;
import java.util.Set;

/**
 * How byte ranges are fetched.
 *
 * @param redirectHosts hosts a redirect may lead to, beside the bases' own
 * @param connect how long a connection may take
 * @param answer how long a server may take to begin its answer
 * @param stall how long it may send nothing
 * @param slowestBytesPerSecond a server slower than this over a minute is given up; 0 = never
 */
public record RangeCarrierSettings(Set<String> redirectHosts, Duration connect, Duration answer, Duration stall,
        long slowestBytesPerSecond) {
    /** No other hosts; 10 s, 20 s, 20 s; 128 B/s. */
    public static final RangeCarrierSettings STANDARD = new RangeCarrierSettings(Set.of(), Duration.ofSeconds(10),
            Duration.ofSeconds(20), Duration.ofSeconds(20), 128);

    /** Copies the hosts. */
    public RangeCarrierSettings {
        redirectHosts = Set.copyOf(redirectHosts);
    }

    /** The same with other hosts. */
    public RangeCarrierSettings withRedirectHosts(Set<String> hosts) {
        return new RangeCarrierSettings(hosts, connect, answer, stall, slowestBytesPerSecond);
    }

    /** The same with one patience for connecting, answering and sending. */
    public RangeCarrierSettings withPatience(Duration patience) {
        return new RangeCarrierSettings(redirectHosts, patience, patience, patience, slowestBytesPerSecond);
    }
}
