package dev.outpost.engine.kernels.scalar;

import dev.outpost.engine.kernels.AttentionKernel;
import dev.outpost.engine.kernels.Exponential;
import dev.outpost.engine.kernels.KernelScratch;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.PartialSums;
import java.util.Arrays;

/** Softmax attention, one query vector after another, keys in fixed blocks from position 0. */
public final class ScalarAttention implements AttentionKernel {

    @Override
    public void attend(KvStore store, int layer, int kvHead, float[] queries, int heads, float scale, int[] positions,
            int firstRow, int rows, KernelScratch scratch, float[] out) {
        int shared = heads / store.kvHeads();
        int headDim = store.headDim();
        ScalarKv kv = new ScalarKv(store, layer, kvHead);
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < shared; head++) {
                int query = ((firstRow + row) * heads + kvHead * shared + head) * headDim;
                attendOne(kv, queries, query, scale, positions[firstRow + row] + 1, out,
                        (row * shared + head) * headDim);
            }
        }
    }

    private static void attendOne(ScalarKv kv, float[] queries, int query, float scale, int keys, float[] out, int at) {
        int headDim = kv.headDim();
        float[] weights = new float[KEYS_AT_ONCE];
        float[] block = new float[headDim];
        float maximum = 0;
        float total = 0;
        for (int first = 0; first < keys; first += KEYS_AT_ONCE) {
            int count = Math.min(KEYS_AT_ONCE, keys - first);
            float blockMaximum = scores(kv, queries, query, scale, first, count, weights);
            float blockTotal = exponentials(weights, count, blockMaximum);
            weighValues(kv, first, count, weights, block);
            if (first == 0) {
                System.arraycopy(block, 0, out, at, headDim);
                maximum = blockMaximum;
                total = blockTotal;
            } else {
                float merged = Math.max(maximum, blockMaximum);
                float before = Exponential.of(maximum - merged);
                float now = Exponential.of(blockMaximum - merged);
                for (int d = 0; d < headDim; d++) {
                    out[at + d] = Math.fma(block[d], now, out[at + d] * before);
                }
                total = Math.fma(blockTotal, now, total * before);
                maximum = merged;
            }
        }
        for (int d = 0; d < headDim; d++) {
            out[at + d] /= total;
        }
    }

    /** One fused chain over d for each key, then the scale; returns the largest. */
    private static float scores(ScalarKv kv, float[] queries, int query, float scale, int first, int count,
            float[] scores) {
        float maximum = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < count; t++) {
            float score = 0;
            for (int d = 0; d < kv.headDim(); d++) {
                score = Math.fma(queries[query + d], kv.key(first + t, d), score);
            }
            scores[t] = score * scale;
            maximum = Math.max(maximum, scores[t]);
        }
        return maximum;
    }

    private static float exponentials(float[] scores, int count, float maximum) {
        float[] partial = new float[PartialSums.COUNT];
        for (int t = 0; t < count; t++) {
            scores[t] = Exponential.of(scores[t] - maximum);
            partial[t % PartialSums.COUNT] += scores[t];
        }
        return PartialSums.total(partial, 0);
    }

    private static void weighValues(ScalarKv kv, int first, int count, float[] weights, float[] block) {
        Arrays.fill(block, 0f);
        for (int t = 0; t < count; t++) {
            for (int d = 0; d < block.length; d++) {
                block[d] = Math.fma(weights[t], kv.value(first + t, d), block[d]);
            }
        }
    }
}
