package dev.outpost.engine;

/**
 * A snapshot of the scheduler.
 *
 * @param steps batches run since load; moves while there is work
 * @param running requests that hold a slot
 * @param queued requests that wait, all classes
 * @param promptTokens prompt tokens processed since load, cached ones not counted
 * @param cachedTokens prompt tokens taken from a reused prefix since load
 * @param generatedTokens tokens sampled since load
 * @param lastStepNanos {@link System#nanoTime()} when the last batch ended
 */
public record EngineStatus(long steps, int running, int queued, long promptTokens, long cachedTokens,
        long generatedTokens, long lastStepNanos) {

    /** True where a watchdog may be fed: nothing waits, or a batch ended within {@code nanos}. */
    public boolean movesOrIdles(long now, long nanos) {
        return running + queued == 0 || now - lastStepNanos < nanos;
    }
}
