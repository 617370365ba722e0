package dev.outpost.engine.kernels;

import dev.outpost.engine.pack.PackedLayout;
import dev.outpost.engine.pack.PackedMatrix;

/** Products of the same rows with one or more matrices; a chunk is a run of 32-row groups of one of them. */
final class MatMulRegion extends Region {

    private static final int LANES = PackedLayout.GROUP_ROWS;
    private static final int CHUNKS_PER_THREAD = 6;
    /** Groups come in twos: the vector tier works on panels of 64 rows. */
    private static final int FEWEST_GROUPS = 2;
    private static final int MANY_ROWS = 16;

    private final KernelChoice choice;
    private final int[] chunkMatrix = new int[WorkerPool.MAX_CHUNKS + 1];
    private final int[] chunkGroup = new int[WorkerPool.MAX_CHUNKS + 1];
    private ActivationRows x;
    private int firstRow;
    private int n;
    private PackedMatrix[] weights;
    private float[][] outs;
    private int groupsPerChunk;

    MatMulRegion(KernelChoice choice) {
        this.choice = choice;
    }

    /** @return chunks to run */
    int prepare(ActivationRows x, int firstRow, int n, PackedMatrix[] weights, float[][] outs, int threads) {
        this.x = x;
        this.firstRow = firstRow;
        this.n = n;
        this.weights = weights;
        this.outs = outs;
        int groups = 0;
        for (PackedMatrix matrix : weights) {
            groups += matrix.groups();
        }
        int wanted = n >= MANY_ROWS ? WorkerPool.MAX_CHUNKS / 2 : threads * CHUNKS_PER_THREAD;
        int each = Math.max(FEWEST_GROUPS, Math.ceilDiv(groups, wanted));
        groupsPerChunk = (each + FEWEST_GROUPS - 1) / FEWEST_GROUPS * FEWEST_GROUPS;
        return cut();
    }

    private int cut() {
        int chunks = 0;
        for (int matrix = 0; matrix < weights.length; matrix++) {
            for (int group = 0; group < weights[matrix].groups(); group += groupsPerChunk) {
                chunkMatrix[chunks] = matrix;
                chunkGroup[chunks++] = group;
            }
        }
        return chunks;
    }

    private int groups(int chunk) {
        return Math.min(groupsPerChunk, weights[chunkMatrix[chunk]].groups() - chunkGroup[chunk]);
    }

    @Override
    void compute(int chunk, KernelScratch scratch) {
        PackedMatrix matrix = weights[chunkMatrix[chunk]];
        int groups = groups(chunk);
        choice.matMul(matrix.type()).multiply(x, firstRow, n, matrix, chunkGroup[chunk], groups, scratch,
                scratch.result(n * MatMulKernel.width(groups)));
    }

    @Override
    void commit(int chunk, KernelScratch scratch) {
        PackedMatrix matrix = weights[chunkMatrix[chunk]];
        float[] out = outs[chunkMatrix[chunk]];
        int width = MatMulKernel.width(groups(chunk));
        int first = chunkGroup[chunk] * LANES;
        int present = Math.min(groups(chunk) * LANES, matrix.rows() - first);
        float[] result = scratch.result(n * width);
        for (int i = 0; i < n; i++) {
            System.arraycopy(result, i * width, out, i * matrix.rows() + first, present);
        }
    }
}
