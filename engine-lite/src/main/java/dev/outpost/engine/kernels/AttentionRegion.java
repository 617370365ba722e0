package dev.outpost.engine.kernels;

/** Attention of a batch; a chunk is a run of rows of one sequence and one KV head. */
final class AttentionRegion extends Region {

    /** Most rows of a run: its keys are unpacked once for all of them. */
    private static final int RUN_ROWS = 32;

    private final KernelChoice choice;
    private KvStore[] slots;
    private int[] positions;
    private int layer;
    private float[] queries;
    private int heads;
    private float scale;
    private float[] out;
    private int kvHeads;
    private int[] runStart = new int[1];
    private int firstRun;

    AttentionRegion(KernelChoice choice) {
        this.choice = choice;
    }

    /** @return runs of rows; {@link #select} takes those that fit one step */
    int prepare(KvStore[] slots, int[] positions, int n, int layer, float[] queries, int heads, float scale,
            float[] out) {
        this.slots = slots;
        this.positions = positions;
        this.layer = layer;
        this.queries = queries;
        this.heads = heads;
        this.scale = scale;
        this.out = out;
        this.kvHeads = slots[0].kvHeads();
        if (runStart.length < n + 1) {
            runStart = new int[n + 1];
        }
        int runs = 0;
        for (int row = 0; row < n; row++) {
            if (row == 0 || slots[row] != slots[row - 1] || row - runStart[runs - 1] == RUN_ROWS) {
                runStart[runs++] = row;
            }
        }
        runStart[runs] = n;
        return runs;
    }

    /** Starts at run {@code first}; later runs of a prompt see more keys, so they go first within a step. */
    void select(int first) {
        this.firstRun = first;
    }

    @Override
    void compute(int chunk, KernelScratch scratch) {
        int run = firstRun + chunk / kvHeads;
        int first = runStart[run];
        int rows = runStart[run + 1] - first;
        KvStore store = slots[first];
        choice.attention(store.type()).attend(store, layer, chunk % kvHeads, queries, heads, scale, positions, first,
                rows, scratch, scratch.result(rows * heads / kvHeads * store.headDim()));
    }

    @Override
    void commit(int chunk, KernelScratch scratch) {
        int run = firstRun + chunk / kvHeads;
        int first = runStart[run];
        int rows = runStart[run + 1] - first;
        int width = heads / kvHeads * slots[first].headDim();
        float[] result = scratch.result(rows * width);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(result, row * width, out, ((first + row) * kvHeads + chunk % kvHeads) * width, width);
        }
    }
}
