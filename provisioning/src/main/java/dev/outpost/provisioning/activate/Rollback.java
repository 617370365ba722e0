package dev.outpost.provisioning.activate;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Back to the model before: pointer first, so that a power cut on the way comes up with it, then the serving one. */
public final class Rollback {
    /** The old model serves again within this. */
    public static final Duration DEADLINE = Duration.ofSeconds(60);

    private final ActivePointer pointer;
    private final ModelPreparer preparer;
    private final LongSupplier nanoClock;

    /** @param nanoClock monotonic nanoseconds */
    public Rollback(ActivePointer pointer, ModelPreparer preparer, LongSupplier nanoClock) {
        this.pointer = pointer;
        this.preparer = preparer;
        this.nanoClock = nanoClock;
    }

    /**
     * How it went.
     *
     * @param restored the model that serves now; empty when none does
     * @param hadOne whether there was a model to go back to
     * @param took how long it took
     * @param detail what failed
     */
    public record Result(Optional<ContentDigest> restored, boolean hadOne, Duration took, String detail) {}

    /**
     * Leaves a failed model.
     *
     * @param failed the model that failed its gate, trial or start
     */
    public Result from(ContentDigest failed) {
        long begun = nanoClock.getAsLong();
        preparer.discard();
        if (pointer.current().map(slot -> slot.digest().equals(failed)).orElse(false) && !pointer.rollBack()) {
            pointer.abandon();
        }
        Optional<ContentDigest> old = pointer.current().map(Slot::digest).filter(digest -> !digest.equals(failed));
        boolean hadOne = old.isPresent();
        String detail = old.isPresent() ? "" : "there is no model before it";
        if (old.isPresent()) {
            try {
                preparer.serve(old.get(), DEADLINE);
            } catch (PreparationFailedException e) {
                detail = "model before it does not serve: digest=" + old.get().brief() + ", " + e.getMessage();
                old = Optional.empty();
            }
        }
        return new Result(old, hadOne, Duration.ofNanos(nanoClock.getAsLong() - begun), detail);
    }
}
