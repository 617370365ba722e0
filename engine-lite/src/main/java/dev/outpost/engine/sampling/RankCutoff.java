package dev.outpost.engine.sampling;

import java.util.Arrays;

/**
 * Finds where a ranking ends without sorting it.
 *
 * <p>Candidates rank by value, largest first, equals by position. Given a mass per candidate, the cutoff is the last
 * one needed for the masses, added in rank order, to reach a target. A radix selection over the bits of the values
 * finds it in three passes (11, 11 and 10 bits), whatever the values: the masses are summed per digit in position
 * order, the digits from the largest down. The result is a threshold {@link #key()} and how many candidates of exactly
 * that value are kept, {@link #ties()}.
 */
final class RankCutoff {

    private static final int[] SHIFTS = {21, 10, 0};
    private static final int[] DIGITS = {2048, 2048, 1024};

    /** Up to here one pass that keeps the best in order is faster than three over digits. */
    private static final int FEW = 128;

    private final double[] masses = new double[2048];
    private final float[] best = new float[FEW];
    private int key;
    private int ties;

    /** Keeps the {@code count} best; {@code count} below {@code n}. */
    void byCount(float[] values, int n, int count) {
        if (count <= FEW) {
            fewBest(values, n, count);
        } else {
            select(values, null, n, count);
        }
    }

    /** Keeps the fewest best whose masses reach {@code target}; all, if rounding keeps the sum below it. */
    void byMass(float[] values, double[] mass, int n, double target) {
        select(values, mass, n, target);
    }

    /** Bits of the value of the last kept candidate, ordered like the values. */
    int key() {
        return key;
    }

    /** How many candidates with exactly that value are kept, counted from the first position. */
    int ties() {
        return ties;
    }

    /** Bits of a finite float such that the integers order as the floats do, with -0 and 0 equal. */
    static int key(float value) {
        int bits = Float.floatToRawIntBits(value + 0f);
        return bits ^ (bits >> 31 & 0x7FFFFFFF);
    }

    private void fewBest(float[] values, int n, int count) {
        int held = 0;
        for (int i = 0; i < n; i++) {
            float value = values[i];
            if (held < count || value > best[count - 1]) {
                int at = held < count ? held++ : count - 1;
                while (at > 0 && best[at - 1] < value) {
                    best[at] = best[at - 1];
                    at--;
                }
                best[at] = value;
            }
        }
        key = key(best[count - 1]);
        ties = 0;
        for (int i = count - 1; i >= 0 && key(best[i]) == key; i--) {
            ties++;
        }
    }

    private void select(float[] values, double[] mass, int n, double target) {
        double above = 0;
        int prefix = 0;
        int mask = 0;
        for (int level = 0; level < SHIFTS.length; level++) {
            int shift = SHIFTS[level];
            int digits = DIGITS[level];
            sum(values, mass, n, prefix, mask, shift, digits);
            int digit = digits - 1;
            int lowest = lowestUsed(digits);
            while (digit > lowest && above + masses[digit] < target) {
                above += masses[digit--];
            }
            prefix |= digit << shift;
            mask |= digits - 1 << shift;
        }
        key = prefix ^ 0x80000000;
        ties = countTies(values, mass, n, above, target);
    }

    private void sum(float[] values, double[] mass, int n, int prefix, int mask, int shift, int digits) {
        Arrays.fill(masses, 0, digits, 0);
        for (int i = 0; i < n; i++) {
            int bits = key(values[i]) ^ 0x80000000;
            if ((bits & mask) == prefix) {
                masses[bits >>> shift & digits - 1] += mass == null ? 1 : mass[i];
            }
        }
    }

    private int lowestUsed(int digits) {
        int lowest = 0;
        while (lowest < digits - 1 && masses[lowest] == 0) {
            lowest++;
        }
        return lowest;
    }

    private int countTies(float[] values, double[] mass, int n, double above, double target) {
        double sum = above;
        int count = 0;
        for (int i = 0; i < n && sum < target; i++) {
            if (key(values[i]) == key) {
                sum += mass == null ? 1 : mass[i];
                count++;
            }
        }
        return count;
    }
}
