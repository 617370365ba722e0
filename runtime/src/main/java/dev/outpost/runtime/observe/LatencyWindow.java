package dev.outpost.runtime.observe;

import java.util.Arrays;

/** Times of an interval, of which the last 1,024 are kept for quantiles. Any thread. */
public final class LatencyWindow {

    private static final int KEPT = 1_024;

    /**
     * What an interval showed; all zero when nothing ended.
     *
     * @param count how many ended
     * @param p50Millis half of them took at most this
     * @param p95Millis 95 of 100 took at most this
     */
    public record Figures(long count, double p50Millis, double p95Millis) {}

    private final long[] nanos = new long[KEPT];
    private long count;
    private long drained;

    synchronized void add(long took) {
        nanos[(int) (count++ % KEPT)] = took;
    }

    /** The figures since the last call. */
    synchronized Figures drain() {
        long ended = count - drained;
        drained = count;
        return figures(ended);
    }

    /** How many ended since the start, and the quantiles of those that are kept; takes nothing from {@link #drain}. */
    synchronized Figures recent() {
        return figures(count);
    }

    private Figures figures(long ended) {
        int kept = (int) Math.min(ended, KEPT);
        long[] sorted = new long[kept];
        for (int i = 0; i < kept; i++) {
            sorted[i] = nanos[(int) ((count - 1 - i) % KEPT)];
        }
        Arrays.sort(sorted);
        return new Figures(ended, at(sorted, 0.5), at(sorted, 0.95));
    }

    private static double at(long[] sorted, double share) {
        if (sorted.length == 0) {
            return 0;
        }
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return Math.round(sorted[Math.max(0, index)] / 1e3) / 1e3;
    }
}
