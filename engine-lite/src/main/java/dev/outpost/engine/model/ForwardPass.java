package dev.outpost.engine.model;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.RopeAngles;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.pack.PackedMatrix;

/**
 * The steps a network is made of, over the rows of one batch, and the activations between them. An architecture calls
 * them in its order; each row takes the same arithmetic whatever rows are beside it.
 *
 * <p>In the last layer rows that nobody reads end once their key and value are stored: {@code project} drops them, and
 * all later steps see only the rows that answer. Rows keep their order.
 *
 * <p>One thread, the scheduler's. Arrays are row-major, on the heap, sized once for {@code maxRows}.
 */
public final class ForwardPass {

    /** Which two dimensions of a head a rotation turns together. */
    public enum Pairs {
        /** 2i and 2i + 1. */
        NEIGHBOURS,
        /** i and i + half the rotated dimensions. */
        HALVES
    }

    /** Rows the head computes at once; bounds the logits held twice. */
    private static final int HEAD_ROWS = 8;

    private final Configuration c;
    private final Kernels kernels;
    private final RopeAngles angles;
    private final float scale;

    private final float[] stream; // [rows, hidden] the residual stream
    private final float[] normed; // [rows, hidden] input of a block, then its output
    private final float[] query; // [rows, heads * headDim]
    private final float[] key; // [rows, kvHeads * headDim]
    private final float[] value; // [rows, kvHeads * headDim]
    private final float[] mixed; // [rows, heads * headDim] values weighted by attention
    private final float[] gate; // [rows, feedForward]
    private final float[] up; // [rows, feedForward]
    private final float[] logits; // [HEAD_ROWS, vocabulary]
    private final ActivationRows quantised;

    private ForwardBatch batch;
    private final int[] positions; // of the rows that are left
    private final KvStore[] slots;
    private final int[] batchRow; // index in the batch of each row that is left
    private int stored; // rows whose key and value this layer stores
    private int rows; // rows that are left

    ForwardPass(Configuration configuration, Kernels kernels, RopeAngles angles, int maxRows) {
        this.c = configuration;
        this.kernels = kernels;
        this.angles = angles;
        scale = (float) (1 / Math.sqrt(c.headDim()));
        stream = new float[maxRows * c.hidden()];
        normed = new float[maxRows * c.hidden()];
        query = new float[maxRows * c.queryWidth()];
        key = new float[maxRows * c.kvWidth()];
        value = new float[maxRows * c.kvWidth()];
        mixed = new float[maxRows * c.queryWidth()];
        gate = new float[maxRows * c.feedForward()];
        up = new float[maxRows * c.feedForward()];
        logits = new float[Math.min(maxRows, HEAD_ROWS) * c.vocabulary()];
        quantised = new ActivationRows(maxRows, widest(c));
        positions = new int[maxRows];
        slots = new KvStore[maxRows];
        batchRow = new int[maxRows];
    }

    /** Bytes of the arrays of a pass over {@code maxRows} rows, results of {@code answers} rows included. */
    static long bytes(Configuration c, int maxRows, int answers) {
        long row = 2L * c.hidden() + 2L * c.queryWidth() + 2L * c.kvWidth() + 2L * c.feedForward();
        long head = (long) (Math.min(maxRows, HEAD_ROWS) + answers) * c.vocabulary();
        // Quantised input: two forms of each integer, a scale and a sum for each group.
        long groups = (long) maxRows * ((widest(c) + ActivationRows.GROUP - 1) / ActivationRows.GROUP);
        return Float.BYTES * (row * maxRows + head + groups * (2L * ActivationRows.GROUP + 2));
    }

    static int widest(Configuration c) {
        return Math.max(Math.max(c.hidden(), c.queryWidth()), c.feedForward());
    }

    void begin(ForwardBatch next) {
        batch = next;
        rows = next.rows();
        stored = rows;
        System.arraycopy(next.positions(), 0, positions, 0, rows);
        System.arraycopy(next.slots(), 0, slots, 0, rows);
        for (int i = 0; i < rows; i++) {
            batchRow[i] = i;
        }
    }

    /** stream = rows of the embedding table. */
    public void embed(WeightMatrix table) {
        kernels.embed(table.packed(), batch.tokens(), rows, stream);
    }

    /** normed = RMS norm of the stream. */
    public void norm(WeightVector weight) {
        if (rows > 0) {
            kernels.rmsNorm(stream, rows, c.hidden(), weight.values(), c.epsilon(), normed);
        }
    }

    /** query, key, value = normed times their matrices; in the last layer queries only of rows that answer. */
    public void project(int layer, WeightMatrix q, WeightMatrix k, WeightMatrix v) {
        batch.checkWanted();
        kernels.quantise(normed, rows, c.hidden(), quantised);
        if (layer < c.layers() - 1 || !dropSilentRows()) {
            multiply(new WeightMatrix[]{q, k, v}, query, key, value);
            return;
        }
        multiply(new WeightMatrix[]{k, v}, key, value);
        keepAnsweringRows();
        if (rows > 0) {
            kernels.quantise(normed, rows, c.hidden(), quantised);
            multiply(new WeightMatrix[]{q}, query);
        }
    }

    /** Adds a bias to queries, keys and values. */
    public void addBias(WeightVector q, WeightVector k, WeightVector v) {
        if (rows > 0) {
            kernels.addBias(query, rows, c.queryWidth(), q.values());
        }
        kernels.addBias(key, stored, c.kvWidth(), k.values());
        kernels.addBias(value, stored, c.kvWidth(), v.values());
    }

    /** RMS norm over each query head and each key head alone. */
    public void normHeads(WeightVector q, WeightVector k) {
        if (rows > 0) {
            kernels.rmsNorm(query, rows * c.heads(), c.headDim(), q.values(), c.epsilon(), query);
        }
        kernels.rmsNorm(key, stored * c.kvHeads(), c.headDim(), k.values(), c.epsilon(), key);
    }

    /** Turns queries and keys by their positions. */
    public void rotate(Pairs pairs) {
        boolean halves = pairs == Pairs.HALVES;
        if (rows > 0) {
            kernels.rope(query, rows, c.heads(), c.headDim(), positions, angles, halves);
        }
        kernels.rope(key, stored, c.kvHeads(), c.headDim(), batch.positions(), angles, halves);
    }

    /** Stores keys and values, then stream += output matrix times softmax(query . keys) values. */
    public void attend(int layer, WeightMatrix output) {
        kernels.storeKv(batch.slots(), batch.positions(), stored, layer, key, value);
        if (rows == 0) {
            return;
        }
        kernels.attention(slots, positions, rows, layer, query, c.heads(), scale, mixed);
        kernels.quantise(mixed, rows, c.queryWidth(), quantised);
        multiply(new WeightMatrix[]{output}, normed);
        kernels.add(stream, normed, rows * c.hidden());
    }

    /** stream += down matrix times (silu(gate) * up). */
    public void swiglu(WeightMatrix gateMatrix, WeightMatrix upMatrix, WeightMatrix down) {
        if (rows == 0) {
            return;
        }
        kernels.quantise(normed, rows, c.hidden(), quantised);
        multiply(new WeightMatrix[]{gateMatrix, upMatrix}, gate, up);
        kernels.swiglu(gate, up, rows * c.feedForward());
        kernels.quantise(gate, rows, c.feedForward(), quantised);
        multiply(new WeightMatrix[]{down}, normed);
        kernels.add(stream, normed, rows * c.hidden());
    }

    /** Writes the results that were asked for: final hidden states, and their product with the head. */
    public void answer(WeightVector outputNorm, WeightMatrix head) {
        keepAnsweringRows();
        if (rows == 0) {
            return;
        }
        norm(outputNorm);
        int asked = 0;
        for (int i = 0; i < rows; i++) {
            if (batch.output(batchRow[i]) == Output.HIDDEN) {
                System.arraycopy(normed, i * c.hidden(), batch.target(batchRow[i], c.hidden()), 0, c.hidden());
            } else {
                System.arraycopy(normed, i * c.hidden(), normed, asked * c.hidden(), c.hidden());
                batchRow[asked++] = batchRow[i];
            }
        }
        for (int first = 0; first < asked; first += HEAD_ROWS) {
            head(head, first, Math.min(HEAD_ROWS, asked - first));
        }
    }

    private void head(WeightMatrix head, int first, int count) {
        System.arraycopy(normed, first * c.hidden(), normed, 0, count * c.hidden());
        kernels.quantise(normed, count, c.hidden(), quantised);
        if (count == 1) {
            kernels.matmulRow(quantised, 0, head.packed(), batch.target(batchRow[first], c.vocabulary()));
            return;
        }
        multiply(new WeightMatrix[]{head}, logits);
        for (int i = 0; i < count; i++) {
            System.arraycopy(logits, i * c.vocabulary(), batch.target(batchRow[first + i], c.vocabulary()), 0,
                    c.vocabulary());
        }
    }

    private void multiply(WeightMatrix[] matrices, float[]... outs) {
        var packed = new PackedMatrix[matrices.length];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = matrices[i].packed();
        }
        kernels.matmul(quantised, packed, outs);
    }

    private boolean dropSilentRows() {
        for (int i = 0; i < rows; i++) {
            if (batch.output(batchRow[i]) == Output.NONE) {
                return true;
            }
        }
        return false;
    }

    /** Moves the rows that answer to the front; their order stays. */
    private void keepAnsweringRows() {
        int kept = 0;
        for (int i = 0; i < rows; i++) {
            if (batch.output(batchRow[i]) != Output.NONE) {
                moveRow(i, kept++);
            }
        }
        rows = kept;
    }

    private void moveRow(int from, int to) {
        if (from != to) {
            System.arraycopy(stream, from * c.hidden(), stream, to * c.hidden(), c.hidden());
            System.arraycopy(normed, from * c.hidden(), normed, to * c.hidden(), c.hidden());
            positions[to] = positions[from];
            slots[to] = slots[from];
            batchRow[to] = batchRow[from];
        }
    }
}
