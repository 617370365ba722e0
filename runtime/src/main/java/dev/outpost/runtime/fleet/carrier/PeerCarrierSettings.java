package dev.outpost.runtime.fleet.carrier;

import java.time.Duration;

/**
 * How peers of the site are used.
 *
 * @param range patience with each peer
 * @param lifetime how long an announcement counts
 * @param banFailed how long a peer that failed is left alone
 * @param banLied how long a peer that sent wrong bytes is left alone
 * @param scheme {@code https}; {@code http} only where the site's network is trusted otherwise
 */
public record PeerCarrierSettings(RangeCarrierSettings range, Duration lifetime, Duration banFailed, Duration banLied,
        String scheme) {
    /** 5 s of patience, 2 min, 30 s, 1 h, https. */
    public static final PeerCarrierSettings STANDARD = new PeerCarrierSettings(
            RangeCarrierSettings.STANDARD.withPatience(Duration.ofSeconds(5)), Duration.ofMinutes(2),
            Duration.ofSeconds(30), Duration.ofHours(1), "https");

    /** The same over plain HTTP. */
    public PeerCarrierSettings plain() {
        return new PeerCarrierSettings(range, lifetime, banFailed, banLied, "http");
    }
}
