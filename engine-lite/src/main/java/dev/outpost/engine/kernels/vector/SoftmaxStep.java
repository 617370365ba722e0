package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;

import dev.outpost.engine.kernels.Exponential;
import dev.outpost.engine.kernels.PartialSums;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The steps between the two products of attention, for one query vector and one block of keys.
 *
 * <pre>
 * running   maximum | total | factor of what was before | factor of this block
 * </pre>
 */
final class SoftmaxStep {

    /** Floats of a query vector's running state. */
    static final int STATE = 4;

    private static final int PARTS = PartialSums.COUNT;

    private SoftmaxStep() {}

    /**
     * Turns scores into weights and updates the running maximum and total.
     *
     * @param keys scores that count; those up to {@code steps} become +0
     * @param partial where {@code running} has 16 floats of scratch
     */
    static void weigh(float[] scores, int at, int keys, int steps, float scale, float[] running, int state,
            boolean first, int partial) {
        int end = (steps + PARTS - 1) / PARTS * PARTS;
        Arrays.fill(scores, at + keys, at + end, Float.NEGATIVE_INFINITY);
        float maximum = scaled(scores, at, end, scale, running, partial);
        exponentials(scores, at, end, maximum);
        float total = total(scores, at, end, running, partial);
        if (first) {
            running[state] = maximum;
            running[state + 1] = total;
            return;
        }
        float merged = Math.max(running[state], maximum);
        float before = Exponential.of(running[state] - merged);
        float now = Exponential.of(maximum - merged);
        running[state] = merged;
        running[state + 1] = Math.fma(total, now, running[state + 1] * before);
        running[state + 2] = before;
        running[state + 3] = now;
    }

    private static float scaled(float[] scores, int at, int end, float scale, float[] lanes, int partial) {
        FloatVector maximum = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int t = 0; t < end; t += FLOAT_LANES) {
            FloatVector score = FloatVector.fromArray(FLOATS, scores, at + t).mul(scale);
            score.intoArray(scores, at + t);
            maximum = maximum.max(score);
        }
        maximum.intoArray(lanes, partial);
        float largest = lanes[partial];
        for (int lane = 1; lane < FLOAT_LANES; lane++) {
            largest = Math.max(largest, lanes[partial + lane]);
        }
        return largest;
    }

    private static void exponentials(float[] scores, int at, int end, float maximum) {
        for (int t = 0; t < end; t += FLOAT_LANES) {
            VectorExponential.of(FloatVector.fromArray(FLOATS, scores, at + t).sub(maximum)).intoArray(scores, at + t);
        }
    }

    private static float total(float[] scores, int at, int end, float[] lanes, int partial) {
        for (int part = 0; part < PARTS; part += FLOAT_LANES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int t = part; t < end; t += PARTS) {
                sum = sum.add(FloatVector.fromArray(FLOATS, scores, at + t));
            }
            sum.intoArray(lanes, partial + part);
        }
        return PartialSums.total(lanes, partial);
    }

    /** {@code out = block} in the first block, else {@code out · before + block · now}. */
    static void merge(float[] block, int from, float[] out, int to, int headDim, boolean first, float before,
            float now) {
        if (first) {
            System.arraycopy(block, from, out, to, headDim);
            return;
        }
        int d = 0;
        for (; d <= headDim - FLOAT_LANES; d += FLOAT_LANES) {
            FloatVector old = FloatVector.fromArray(FLOATS, out, to + d).mul(before);
            FloatVector.fromArray(FLOATS, block, from + d).fma(FloatVector.broadcast(FLOATS, now), old).intoArray(out,
                    to + d);
        }
        for (; d < headDim; d++) {
            out[to + d] = Math.fma(block[from + d], now, out[to + d] * before);
        }
    }

    static void divide(float[] out, int at, int headDim, float total) {
        int d = 0;
        for (; d <= headDim - FLOAT_LANES; d += FLOAT_LANES) {
            FloatVector.fromArray(FLOATS, out, at + d).lanewise(VectorOperators.DIV, total).intoArray(out, at + d);
        }
        for (; d < headDim; d++) {
            out[at + d] /= total;
        }
    }
}
