package dev.outpost.engine.kernels;

/** Softmax attention of a run of query rows over one KV head. Assumes checked shapes; keeps no state. */
public non-sealed interface AttentionKernel extends Kernel {

    /** Keys whose maximum, sum and weighted values are formed on their own, then merged in ascending order. */
    int KEYS_AT_ONCE = 256;

    /**
     * Attends rows {@code firstRow … firstRow + rows} of one sequence to the keys {@code 0 … positions[row]}, for all
     * query heads that share {@code kvHead}.
     *
     * @param queries {@code [n, heads, headDim]}
     * @param out {@code [rows, heads / kvHeads, headDim]}, written whole
     */
    void attend(KvStore store, int layer, int kvHead, float[] queries, int heads, float scale, int[] positions,
            int firstRow, int rows, KernelScratch scratch, float[] out);
}
