package dev.outpost.engine.sampling;

import java.util.Arrays;

/**
 * The tokens a draw may still choose, in id order: parallel arrays of id, logit and weight. Filters close the gaps in
 * place. A weight is {@code exp((logit - best) / temperature)}, so the best token weighs 1.
 */
final class Candidates {

    private static final int BLOCK = 256;

    private final int[] ids;
    private final float[] own;
    private final double[] weights;
    private final double[] blocks;
    private final RankCutoff cutoff = new RankCutoff();
    private float[] values;
    private int count;

    Candidates(int vocabulary) {
        ids = new int[vocabulary];
        own = new float[vocabulary];
        weights = new double[vocabulary];
        blocks = new double[vocabulary / BLOCK + 1];
        values = own;
    }

    /** Every token; {@code logits} is read, never written. */
    void all(float[] logits, int vocabulary) {
        Arrays.setAll(ids, id -> id);
        values = logits;
        count = vocabulary;
    }

    /** Top-k: the {@code k} largest logits. */
    void keepBest(int k) {
        if (k >= count) {
            return;
        }
        cutoff.byCount(values, count, k);
        keepRanked(false);
    }

    void weigh(float best, double inverseTemperature) {
        weigh(values, weights, count, best, inverseTemperature);
    }

    /**
     * Top-p: the fewest tokens, likeliest first, that hold the share {@code p} of all weight.
     *
     * <p>Tokens below {@code (1 - p) / count} of all weight hold less than {@code 1 - p} together, so none of them is
     * needed: they go first, in one cheap pass, and few are left to rank.
     */
    void keepMass(float p) {
        double total = total();
        keepAbove(total * (1.0 - p) / count);
        cutoff.byMass(values, weights, count, total * p);
        keepRanked(true);
    }

    /** Tokens of at least this weight; min-p is this with its share of the best token's weight, 1. */
    void keepAbove(double least) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] >= least) {
                move(i, kept++, true);
            }
        }
        close(kept);
    }

    /** The candidate at the share {@code unit} of the weight, in id order. */
    int pick(double unit) {
        double target = total() * unit;
        double below = 0;
        int block = 0;
        int last = (count - 1) / BLOCK;
        while (block < last && below + blocks[block] <= target) {
            below += blocks[block++];
        }
        int at = block * BLOCK;
        int end = Math.min(at + BLOCK, count) - 1;
        while (at < end && below + weights[at] <= target) {
            below += weights[at++];
        }
        return ids[at];
    }

    /** Sum of the weights, by blocks; leaves the sums of the blocks behind. */
    private double total() {
        double total = 0;
        for (int from = 0, block = 0; from < count; from += BLOCK, block++) {
            blocks[block] = sum(weights, from, Math.min(from + BLOCK, count));
            total += blocks[block];
        }
        return total;
    }

    /** Four sums by position mod 4, so that no addition waits for the one before; always in this order. */
    private static double sum(double[] weights, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a += weights[i];
            b += weights[i + 1];
            c += weights[i + 2];
            d += weights[i + 3];
        }
        for (; i < to; i++) {
            a += weights[i];
        }
        return (a + b) + (c + d);
    }

    private static void weigh(float[] values, double[] weights, int count, double best, double inverseTemperature) {
        for (int i = 0; i < count; i++) {
            weights[i] = Exponential.of((values[i] - best) * inverseTemperature);
        }
    }

    private void keepRanked(boolean weighed) {
        int key = cutoff.key();
        int ties = cutoff.ties();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int own = RankCutoff.key(values[i]);
            if (own > key || own == key && ties-- > 0) {
                move(i, kept++, weighed);
            }
        }
        close(kept);
    }

    private void move(int from, int to, boolean weighed) {
        ids[to] = ids[from];
        own[to] = values[from];
        if (weighed) {
            weights[to] = weights[from];
        }
    }

    private void close(int kept) {
        values = own;
        count = kept;
    }
}
