package dev.outpost.engine.kernels.vector;

import dev.outpost.engine.kernels.AttentionKernel;
import dev.outpost.engine.kernels.KernelScratch;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.kernels.PartialSums;
import java.lang.foreign.MemorySegment;

/**
 * Softmax attention as two products over float panels: each block of keys and values is unpacked once for all rows and
 * heads that read it.
 *
 * <p>Tiles are shared by rows that may see different numbers of keys. Scores beyond a row's own are overwritten with
 * minus infinity, so their weights are +0; adding +0 · v leaves a running sum as it is, since such a sum is never -0:
 * the smallest weight above 0 times the smallest half above 0 does not vanish.
 */
final class VectorAttention implements AttentionKernel {

    private static final int ROWS = FloatTile.ROWS;
    private static final int KEYS = KEYS_AT_ONCE;
    /** Query vectors up to which keys and values are read without panels. */
    private static final int FEW = 8;
    /** Scores of a tile; its weighted values follow them. */
    private static final int SCORES = Tiles.LARGEST * KEYS;
    private static final int STATE = SoftmaxStep.STATE;

    /** The buffers and widths of one call. */
    private record Pass(float[] query, float[] keyPanel, float[] valuePanel, float[] scores, float[] running,
            int shared, int headDim, int padded, float scale, int[] positions, int firstRow, float[] out) {

        /** Keys of the block from {@code first} on that query vector {@code at} may see. */
        int keys(int at, int first) {
            return Math.clamp(positions[firstRow + at / shared] + 1 - first, 0, KEYS);
        }
    }

    @Override
    public void attend(KvStore store, int layer, int kvHead, float[] queries, int heads, float scale, int[] positions,
            int firstRow, int rows, KernelScratch scratch, float[] out) {
        int shared = heads / store.kvHeads();
        int headDim = store.headDim();
        int padded = (headDim + ROWS - 1) / ROWS * ROWS;
        int count = rows * shared;
        Pass pass = new Pass(scratch.queries(count * headDim), scratch.panel(KEYS * headDim),
                scratch.values(KEYS * padded), scratch.state(Tiles.LARGEST * (KEYS + padded)),
                scratch.scales(STATE * count + PartialSums.COUNT), shared, headDim, padded, scale, positions, firstRow,
                out);
        int most = 0;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(queries, ((firstRow + row) * heads + kvHead * shared) * headDim, pass.query,
                    row * shared * headDim, shared * headDim);
            most = Math.max(most, positions[firstRow + row] + 1);
        }
        if (count <= FEW && store.type() == KvType.F16 && headDim % HalfAttention.PASS == 0) {
            few(pass, store, layer, kvHead, count, most);
            return;
        }
        for (int first = 0; first < most; first += KEYS) {
            int end = Math.min(most, first + KEYS);
            KvPanels.keys(store, layer, kvHead, first, end, pass.keyPanel);
            KvPanels.values(store, layer, kvHead, first, end, pass.valuePanel, KEYS);
            for (int at = 0; at < count;) {
                int tile = Tiles.next(count - at);
                tile(pass, at, tile, first);
                at += tile;
            }
        }
        divide(pass, count);
    }

    private static void divide(Pass pass, int count) {
        for (int at = 0; at < count; at++) {
            SoftmaxStep.divide(pass.out, at * pass.headDim, pass.headDim, pass.running[STATE * at + 1]);
        }
    }

    /** Without panels, for the few query vectors of a decode step. */
    private static void few(Pass pass, KvStore store, int layer, int kvHead, int count, int most) {
        long bytes = (long) store.capacity() * store.tokenBytes();
        MemorySegment keys = store.memory().asSlice(store.keyOffset(layer, kvHead), bytes);
        MemorySegment values = store.memory().asSlice(store.valueOffset(layer, kvHead), bytes);
        for (int first = 0; first < most; first += KEYS) {
            for (int at = 0; at < count;) {
                int tile = HalfAttention.next(count - at);
                int steps = steps(pass, at, tile, first);
                HalfAttention.scores(tile, keys, first, steps, pass.headDim, pass.query, at * pass.headDim, pass.scores,
                        KEYS);
                weigh(pass, at, tile, first, steps);
                HalfAttention.values(tile, values, first, steps, pass.headDim, pass.scores, KEYS, SCORES, pass.padded);
                merge(pass, at, tile, first);
                at += tile;
            }
        }
        divide(pass, count);
    }

    /** Query vectors {@code at … at + tile} against one block of keys. */
    private static void tile(Pass pass, int at, int tile, int first) {
        int steps = steps(pass, at, tile, first);
        if (steps > 0) {
            scores(pass.query, at * pass.headDim, tile, pass.headDim, pass.keyPanel, steps, pass.scores);
            weigh(pass, at, tile, first, steps);
            values(pass.scores, tile, steps, pass.padded, pass.valuePanel, SCORES);
            merge(pass, at, tile, first);
        }
    }

    /** Keys of the block that the tile's rows see among them. */
    private static int steps(Pass pass, int at, int tile, int first) {
        int steps = 0;
        for (int i = 0; i < tile; i++) {
            steps = Math.max(steps, pass.keys(at + i, first));
        }
        return steps;
    }

    private static void weigh(Pass pass, int at, int tile, int first, int steps) {
        int partial = pass.running.length - PartialSums.COUNT;
        for (int i = 0; i < tile; i++) {
            int keys = pass.keys(at + i, first);
            if (keys > 0) {
                SoftmaxStep.weigh(pass.scores, i * KEYS, keys, steps, pass.scale, pass.running, STATE * (at + i),
                        first == 0, partial);
            }
        }
    }

    private static void merge(Pass pass, int at, int tile, int first) {
        for (int i = 0; i < tile; i++) {
            if (pass.keys(at + i, first) > 0) {
                int state = STATE * (at + i);
                SoftmaxStep.merge(pass.scores, SCORES + i * pass.padded, pass.out, (at + i) * pass.headDim,
                        pass.headDim, first == 0, pass.running[state + 2], pass.running[state + 3]);
            }
        }
    }

    private static void scores(float[] query, int at, int tile, int headDim, float[] keyPanel, int steps,
            float[] scores) {
        java.util.Arrays.fill(scores, 0, tile * KEYS, 0f);
        for (int key = 0; key < steps; key += ROWS) {
            FloatTile.sums(tile, keyPanel, key * headDim, query, at, headDim, headDim, scores, key, KEYS);
        }
    }

    private static void values(float[] scores, int tile, int steps, int padded, float[] valuePanel, int to) {
        java.util.Arrays.fill(scores, to, to + tile * padded, 0f);
        for (int d = 0; d < padded; d += ROWS) {
            FloatTile.sums(tile, valuePanel, d * KEYS, scores, 0, KEYS, steps, scores, to + d, padded);
        }
    }
}
