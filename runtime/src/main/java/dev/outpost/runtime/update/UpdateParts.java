package dev.outpost.runtime.update;

import dev.outpost.provisioning.RolloutConditions;
import dev.outpost.provisioning.activate.FileInstaller;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.TransferLimits;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.DeviceFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a fleet adds to a room.
 *
 * @param device who this device is
 * @param carriers in order of preference
 * @param limits how transfers behave
 * @param conditions what a rollout rule asks
 * @param installer takes opaque files; called by the room's thread
 * @param retry how long the room waits before it tries again what could not go on
 */
public record UpdateParts(DeviceFacts device, List<Carrier> carriers, TransferLimits limits,
        RolloutConditions conditions, FileInstaller installer, Duration retry) {

    public UpdateParts {
        carriers = List.copyOf(carriers);
    }

    /** A device without a fleet: the store works, every offer is refused for want of a root. */
    public static UpdateParts withoutFleet() {
        var nobody = new DeviceFacts("none", "none", Set.of(), "none", new Version(0, 0, 0));
        return new UpdateParts(nobody, List.of(), TransferLimits.STANDARD, new NoConditions(),
                (line, counter, digest) -> {
                    throw new PreparationFailedException("this runtime has no use for such a file: line=" + line, null);
                }, Duration.ofMinutes(1));
    }

    private static final class NoConditions implements RolloutConditions {
        @Override
        public Optional<Instant> trustedNow() {
            return Optional.empty();
        }

        @Override
        public long idleMinutes() {
            return 0;
        }

        @Override
        public int failures(ContentDigest release) {
            return 0;
        }
    }
}
