package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.List;

/**
 * How far a release has been let out to an addressee; the last one of each addressee is kept.
 *
 * @param addressee {@code device/ID} or {@code group/ID}
 * @param line the model line
 * @param counter the release
 * @param release payload digest of the release
 * @param waves wave limits in ascending order, of 10,000
 * @param wave index of the wave that is let out
 * @param automatic whether the hub goes on to the next wave by itself
 * @param stopPerMille share of a wave whose failures stop the rollout, in thousandths
 * @param state where it stands
 * @param reason why it stopped; else empty
 * @param since when the wave was let out
 * @param revision counts each change
 */
public record Rollout(String addressee, String line, long counter, ContentDigest release, List<Integer> waves, int wave,
        boolean automatic, int stopPerMille, State state, String reason, Instant since, long revision) {

    /** Where a rollout stands. */
    public enum State {
        /** The wave is at work. */
        RUNNING,
        /** Nobody else begins until it is resumed. */
        PAUSED,
        /** Too many failed; nobody else begins. */
        STOPPED,
        /** The last wave is let out and done. */
        FINISHED
    }

    /** Refuses waves that do not ascend within 1 to 10,000. */
    public Rollout {
        waves = List.copyOf(waves);
        int before = 0;
        for (int limit : waves) {
            if (limit <= before || limit > 10_000) {
                throw new FleetException(FleetException.Reason.INPUT,
                        "waves do not ascend within 1 to 10000: waves=" + waves);
            }
            before = limit;
        }
        if (wave < 0 || wave >= waves.size() || stopPerMille < 0 || stopPerMille > 1000) {
            throw new FleetException(FleetException.Reason.INPUT, "rollout is out of range: wave=" + wave + ", waves="
                    + waves.size() + ", stopPerMille=" + stopPerMille);
        }
    }

    /** Devices whose number lies below this may begin, unless the rollout is paused or stopped. */
    public int limit() {
        return waves.get(wave);
    }

    boolean lastWave() {
        return wave == waves.size() - 1;
    }

    Rollout nextWave(Instant now) {
        return new Rollout(addressee, line, counter, release, waves, wave + 1, automatic, stopPerMille, State.RUNNING,
                "", now, revision + 1);
    }

    Rollout in(State next, String why) {
        return new Rollout(addressee, line, counter, release, waves, wave, automatic, stopPerMille, next, why, since,
                revision + 1);
    }
}
