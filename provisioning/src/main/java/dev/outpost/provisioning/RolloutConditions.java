package dev.outpost.provisioning;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.Optional;

/** Port: what a rollout rule asks of the device. Implemented in {@code runtime}. */
public interface RolloutConditions {
    /** The time, if it was proven in this boot: the floor of a fresh answer plus monotonic time since. */
    Optional<Instant> trustedNow();

    /** Minutes since the last inference. */
    long idleMinutes();

    /** Verified failure notices for a release by devices of this profile. */
    int failures(ContentDigest release);
}
