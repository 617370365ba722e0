package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_SHORTS;

import dev.outpost.engine.kernels.KvStore;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;

/**
 * The two products of attention for 4, 2 or 1 query vectors straight from binary16 keys and values: the form for
 * decode, where a panel would be used once. The same chains as over panels.
 */
final class HalfAttention {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int KEYS = KvStore.KEY_BLOCK;
    /** Dimensions that one pass over the values takes. */
    static final int PASS = 4 * FLOAT_LANES;

    private HalfAttention() {}

    /** @return 4, 2 or 1 query vectors to take next */
    static int next(int left) {
        return left >= 4 ? 4 : Math.min(left, 2);
    }

    /**
     * Scores of keys {@code first … first + keys}, rounded up to whole blocks of 16.
     *
     * @param memory the head's keys
     * @param query {@code [tile][headDim]} from {@code from} on
     * @param scores {@code [tile][step]}
     */
    static void scores(int tile, MemorySegment memory, int first, int keys, int headDim, float[] query, int from,
            float[] scores, int step) {
        for (int key = 0; key < keys; key += KEYS) {
            int block = (first + key) * headDim * 2;
            for (int lane = 0; lane < KEYS; lane += FLOAT_LANES) {
                int at = block + 2 * lane;
                int to = key + lane;
                switch (tile) {
                    case 4 -> scores4(memory, at, headDim, query, from, scores, to, step);
                    case 2 -> scores2(memory, at, headDim, query, from, scores, to, step);
                    default -> scores1(memory, at, headDim, query, from, scores, to);
                }
            }
        }
    }

    /**
     * Weighted values of tokens {@code 0 … keys}.
     *
     * @param memory the head's values from the first token on
     * @param weights {@code [tile][step]}
     * @param to where {@code weights} takes the result, {@code [tile][padded]}
     */
    static void values(int tile, MemorySegment memory, int first, int keys, int headDim, float[] weights, int step,
            int to, int padded) {
        for (int d = 0; d < headDim; d += PASS) {
            int at = (first * headDim + d) * 2;
            switch (tile) {
                case 4 -> values4(memory, at, 2 * headDim, keys, weights, step, to + d, padded);
                case 2 -> values2(memory, at, 2 * headDim, keys, weights, step, to + d, padded);
                default -> values1(memory, at, 2 * headDim, keys, weights, to + d);
            }
        }
    }

    private static FloatVector load(MemorySegment memory, int at) {
        return Lanes.halves(ShortVector.fromMemorySegment(HALF_SHORTS, memory, at, ORDER));
    }

    private static void scores4(MemorySegment memory, int at, int headDim, float[] query, int q0, float[] scores,
            int to, int step) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int q1 = q0 + headDim;
        int q2 = q1 + headDim;
        int q3 = q2 + headDim;
        for (int d = 0; d < headDim; d++) {
            FloatVector key = load(memory, at + d * 2 * KEYS);
            s0 = key.fma(FloatVector.broadcast(FLOATS, query[q0 + d]), s0);
            s1 = key.fma(FloatVector.broadcast(FLOATS, query[q1 + d]), s1);
            s2 = key.fma(FloatVector.broadcast(FLOATS, query[q2 + d]), s2);
            s3 = key.fma(FloatVector.broadcast(FLOATS, query[q3 + d]), s3);
        }
        s0.intoArray(scores, to);
        s1.intoArray(scores, to + step);
        s2.intoArray(scores, to + 2 * step);
        s3.intoArray(scores, to + 3 * step);
    }

    private static void scores2(MemorySegment memory, int at, int headDim, float[] query, int q0, float[] scores,
            int to, int step) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        int q1 = q0 + headDim;
        for (int d = 0; d < headDim; d++) {
            FloatVector key = load(memory, at + d * 2 * KEYS);
            s0 = key.fma(FloatVector.broadcast(FLOATS, query[q0 + d]), s0);
            s1 = key.fma(FloatVector.broadcast(FLOATS, query[q1 + d]), s1);
        }
        s0.intoArray(scores, to);
        s1.intoArray(scores, to + step);
    }

    private static void scores1(MemorySegment memory, int at, int headDim, float[] query, int q0, float[] scores,
            int to) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        for (int d = 0; d < headDim; d++) {
            FloatVector key = load(memory, at + d * 2 * KEYS);
            s0 = key.fma(FloatVector.broadcast(FLOATS, query[q0 + d]), s0);
        }
        s0.intoArray(scores, to);
    }

    private static void values4(MemorySegment memory, int at, int tokenBytes, int keys, float[] weights, int step,
            int to, int padded) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector d1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector c2 = FloatVector.zero(FLOATS);
        FloatVector d2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector c3 = FloatVector.zero(FLOATS);
        FloatVector d3 = FloatVector.zero(FLOATS);
        for (int t = 0; t < keys; t++) {
            int from = at + t * tokenBytes;
            FloatVector va = load(memory, from);
            FloatVector vb = load(memory, from + 2 * FLOAT_LANES);
            FloatVector vc = load(memory, from + 4 * FLOAT_LANES);
            FloatVector vd = load(memory, from + 6 * FLOAT_LANES);
            FloatVector w = FloatVector.broadcast(FLOATS, weights[t]);
            a0 = va.fma(w, a0);
            b0 = vb.fma(w, b0);
            c0 = vc.fma(w, c0);
            d0 = vd.fma(w, d0);
            w = FloatVector.broadcast(FLOATS, weights[step + t]);
            a1 = va.fma(w, a1);
            b1 = vb.fma(w, b1);
            c1 = vc.fma(w, c1);
            d1 = vd.fma(w, d1);
            w = FloatVector.broadcast(FLOATS, weights[2 * step + t]);
            a2 = va.fma(w, a2);
            b2 = vb.fma(w, b2);
            c2 = vc.fma(w, c2);
            d2 = vd.fma(w, d2);
            w = FloatVector.broadcast(FLOATS, weights[3 * step + t]);
            a3 = va.fma(w, a3);
            b3 = vb.fma(w, b3);
            c3 = vc.fma(w, c3);
            d3 = vd.fma(w, d3);
        }
        a0.intoArray(weights, to);
        b0.intoArray(weights, to + FLOAT_LANES);
        c0.intoArray(weights, to + 2 * FLOAT_LANES);
        d0.intoArray(weights, to + 3 * FLOAT_LANES);
        a1.intoArray(weights, to + padded);
        b1.intoArray(weights, to + padded + FLOAT_LANES);
        c1.intoArray(weights, to + padded + 2 * FLOAT_LANES);
        d1.intoArray(weights, to + padded + 3 * FLOAT_LANES);
        a2.intoArray(weights, to + 2 * padded);
        b2.intoArray(weights, to + 2 * padded + FLOAT_LANES);
        c2.intoArray(weights, to + 2 * padded + 2 * FLOAT_LANES);
        d2.intoArray(weights, to + 2 * padded + 3 * FLOAT_LANES);
        a3.intoArray(weights, to + 3 * padded);
        b3.intoArray(weights, to + 3 * padded + FLOAT_LANES);
        c3.intoArray(weights, to + 3 * padded + 2 * FLOAT_LANES);
        d3.intoArray(weights, to + 3 * padded + 3 * FLOAT_LANES);
    }

    private static void values2(MemorySegment memory, int at, int tokenBytes, int keys, float[] weights, int step,
            int to, int padded) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector d1 = FloatVector.zero(FLOATS);
        for (int t = 0; t < keys; t++) {
            int from = at + t * tokenBytes;
            FloatVector va = load(memory, from);
            FloatVector vb = load(memory, from + 2 * FLOAT_LANES);
            FloatVector vc = load(memory, from + 4 * FLOAT_LANES);
            FloatVector vd = load(memory, from + 6 * FLOAT_LANES);
            FloatVector w = FloatVector.broadcast(FLOATS, weights[t]);
            a0 = va.fma(w, a0);
            b0 = vb.fma(w, b0);
            c0 = vc.fma(w, c0);
            d0 = vd.fma(w, d0);
            w = FloatVector.broadcast(FLOATS, weights[step + t]);
            a1 = va.fma(w, a1);
            b1 = vb.fma(w, b1);
            c1 = vc.fma(w, c1);
            d1 = vd.fma(w, d1);
        }
        a0.intoArray(weights, to);
        b0.intoArray(weights, to + FLOAT_LANES);
        c0.intoArray(weights, to + 2 * FLOAT_LANES);
        d0.intoArray(weights, to + 3 * FLOAT_LANES);
        a1.intoArray(weights, to + padded);
        b1.intoArray(weights, to + padded + FLOAT_LANES);
        c1.intoArray(weights, to + padded + 2 * FLOAT_LANES);
        d1.intoArray(weights, to + padded + 3 * FLOAT_LANES);
    }

    private static void values1(MemorySegment memory, int at, int tokenBytes, int keys, float[] weights, int to) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector d0 = FloatVector.zero(FLOATS);
        for (int t = 0; t < keys; t++) {
            int from = at + t * tokenBytes;
            FloatVector va = load(memory, from);
            FloatVector vb = load(memory, from + 2 * FLOAT_LANES);
            FloatVector vc = load(memory, from + 4 * FLOAT_LANES);
            FloatVector vd = load(memory, from + 6 * FLOAT_LANES);
            FloatVector w = FloatVector.broadcast(FLOATS, weights[t]);
            a0 = va.fma(w, a0);
            b0 = vb.fma(w, b0);
            c0 = vc.fma(w, c0);
            d0 = vd.fma(w, d0);
        }
        a0.intoArray(weights, to);
        b0.intoArray(weights, to + FLOAT_LANES);
        c0.intoArray(weights, to + 2 * FLOAT_LANES);
        d0.intoArray(weights, to + 3 * FLOAT_LANES);
    }
}
