package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.RolloutRule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a rollout does next, from what its devices have said: a pure function, so that any hub comes to the same answer.
 *
 * <p>A wave is the devices whose number lies below its limit, those of earlier waves included. It stops the rollout as
 * soon as the share that failed exceeds the limit. It is done when nobody who was heard of since it began is still at
 * work, at least half of it has an answer, and at least one device took the release; who is out of reach does not hold the
 * others up.
 */
public final class RolloutPlan {
    private RolloutPlan() {}

    /** What became of a release on a device. */
    public enum Result {
        /** Nothing yet. */
        WAITING,
        /** It runs there. */
        DONE,
        /** It was refused or rolled back there. */
        FAILED
    }

    /**
     * A device of the addressee.
     *
     * @param device its id
     * @param result what became of the release
     * @param heard when it was last heard of
     */
    public record Member(String device, Result result, Optional<Instant> heard) {}

    /**
     * A wave in numbers.
     *
     * @param members devices in it
     * @param done of them with the release
     * @param failed of them without it
     * @param working heard of since the wave began and not ready
     */
    public record Tally(int members, int done, int failed, int working) {}

    /** What comes next. */
    public sealed interface Step {
        /** Nothing. */
        record Wait() implements Step {}

        /** The next wave. */
        record Advance() implements Step {}

        /**
         * The end, for too many failed.
         *
         * @param reason the numbers
         */
        record Stop(String reason) implements Step {}

        /** The end: everybody is let in and done. */
        record Finish() implements Step {}
    }

    /** Counts the present wave. */
    public static Tally tally(Rollout rollout, List<Member> members) {
        int in = 0;
        int done = 0;
        int failed = 0;
        int working = 0;
        for (Member member : members) {
            if (RolloutRule.number(member.device(), rollout.release()) < rollout.waves().get(rollout.wave())) {
                in++;
                switch (member.result()) {
                    case DONE -> done++;
                    case FAILED -> failed++;
                    case WAITING -> working += member.heard().filter(at -> !at.isBefore(rollout.since())).isPresent()
                            ? 1
                            : 0;
                }
            }
        }
        return new Tally(in, done, failed, working);
    }

    /** What a running rollout does next. */
    public static Step next(Rollout rollout, List<Member> members) {
        if (rollout.state() != Rollout.State.RUNNING) {
            return new Step.Wait();
        }
        Tally wave = tally(rollout, members);
        if (wave.failed() * 1000L > (long) rollout.stopPerMille() * wave.members()) {
            return new Step.Stop("too many devices of the wave failed: failed=" + wave.failed() + ", devices="
                    + wave.members() + ", limit=" + rollout.stopPerMille() / 10.0 + " %");
        }
        boolean heardEnough = wave.working() == 0 && 2 * (wave.done() + wave.failed()) >= wave.members();
        boolean over = wave.members() == 0 ? !rollout.lastWave() : heardEnough && wave.done() > 0;
        if (!over) {
            return new Step.Wait();
        }
        if (rollout.lastWave()) {
            return new Step.Finish();
        }
        return rollout.automatic() ? new Step.Advance() : new Step.Wait();
    }

    /** Failures at which devices of a wave stop by themselves: the first number above the share. */
    public static int abortFailures(int stopPerMille, int members) {
        return (int) ((long) stopPerMille * members / 1000) + 1;
    }
}
