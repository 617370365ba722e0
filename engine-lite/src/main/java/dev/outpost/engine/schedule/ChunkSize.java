package dev.outpost.engine.schedule;

/**
 * How many prompt rows fit a step of bounded time, learnt from the steps so far.
 *
 * <p>The time of a row is taken as step time over rows. That over-estimates small steps, whose time is mostly the pass
 * over the weights, so the size starts at the least and at most doubles: each growth is paid for by a measurement of
 * the size before; for the same reason a small step within the bound says nothing against a size that was measured. A
 * step over the bound is believed at once, a faster one by half unless it took less than half the time, so a box that gets
 * busy shrinks its chunks with the next step and one that warms up grows them with each.
 */
final class ChunkSize {

    /** Fewest rows: one tile of the kernels. */
    static final int LEAST = 8;
    /** Aimed at a little less than the bound, for what the estimate cannot see. */
    private static final double SHARE = 0.9;
    private static final double TRUST_IN_FASTER = 0.5;
    /** Least chunks over the bound, one after another, before that is called lasting: a cold JVM is slow for a while. */
    private static final int LASTING = 32;

    private final int most;
    private double nanosPerRow;
    /** Rows of the step {@link #nanosPerRow} was learnt from. */
    private int learntFrom;
    private int largest = LEAST / 2;
    private int tooLong;

    ChunkSize(int most) {
        this.most = most;
    }

    /**
     * Prompt rows for a step that already holds {@code decodeRows}: a multiple of 8 unless fewer than 8 are left.
     *
     * @param boundNanos longest time of the step
     */
    int rows(int decodeRows, long boundNanos) {
        int cap = Math.min(most, largest * 2) - decodeRows;
        double fits = nanosPerRow == 0 ? LEAST : boundNanos * SHARE / nanosPerRow - decodeRows;
        int rows = (int) Math.min(cap, fits);
        return Math.min(Math.max(LEAST, rows / LEAST * LEAST), most - decodeRows);
    }

    /**
     * @param rows all rows of a step that held prompt rows
     * @param boundNanos what {@link #rows} was told for this step
     * @return whether steps of the least size have been too long for a while
     */
    boolean observe(int rows, long nanos, long boundNanos) {
        if (rows < LEAST) {
            return false;
        }
        double sample = (double) nanos / rows;
        if (nanos > boundNanos) {
            learn(sample, rows);
            largest = Math.max(LEAST / 2, rows / 2);
            tooLong = rows < 2 * LEAST ? tooLong + 1 : 0;
            return tooLong >= LASTING;
        }
        tooLong = 0;
        if (nanosPerRow == 0 || sample > nanosPerRow && rows >= learntFrom) {
            learn(sample, rows);
        } else if (sample < nanosPerRow / 2) {
            learn(sample, rows);
        } else if (sample < nanosPerRow) {
            learn(nanosPerRow + TRUST_IN_FASTER * (sample - nanosPerRow), rows);
        }
        largest = Math.max(largest, rows);
        return false;
    }

    private void learn(double value, int rows) {
        nanosPerRow = value;
        learntFrom = rows;
    }
}
