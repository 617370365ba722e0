package dev.outpost.engine.kernels;

import dev.outpost.engine.pack.PackedMatrix;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * The operations of a forward pass over {@code float[]} activations, row-major {@code [n, width]}, and packed weights.
 *
 * <p>Shapes are checked here, once; the tiers below assume them. One per engine. All calls come from one thread at a
 * time and return when the result is complete; inside they run in parallel. Arrays are the caller's and are not kept,
 * but weights and key-value memory must stay mapped until {@link #close}. Results have the same bits at every
 * {@link IsaLevel}, thread count and batch.
 */
public final class Kernels implements AutoCloseable {

    private final IsaLevel level;
    private final KernelChoice choice;
    private final WorkerPool pool;
    private final MatMulRegion matMul;
    private final AttentionRegion attention;
    private final PackedMatrix[] oneMatrix = new PackedMatrix[1];
    private final float[][] oneOut = new float[1][];

    private Kernels(int threads, IsaLevel level) {
        this.level = level;
        this.choice = new KernelChoice(KernelTable.complete(), level);
        this.pool = new WorkerPool(threads);
        this.matMul = new MatMulRegion(choice);
        this.attention = new AttentionRegion(choice);
    }

    /**
     * Starts the workers.
     *
     * @param threads threads that compute, the caller counted
     * @param cap highest level to use; it only lowers
     * @throws dev.outpost.engine.failure.EngineFaultException code {@code vector_unavailable} where the cap allows the
     *         vector tier and this JVM cannot run it at speed
     */
    public static Kernels open(int threads, IsaLevel cap) {
        if (threads < 1) {
            throw new IllegalArgumentException("no thread to compute on: threads=" + threads);
        }
        if (cap == IsaLevel.SCALAR) {
            return new Kernels(threads, IsaLevel.SCALAR);
        }
        VectorCheck.require();
        return new Kernels(threads, IsaLevel.VECTOR);
    }

    /** The level in use. */
    public IsaLevel level() {
        return level;
    }

    /** Threads that compute, the caller counted. */
    public int threads() {
        return pool.threads();
    }

    /** Bytes that {@link #pack} takes from its allocator. */
    public static long packedBytes(QuantType type, int rows, int columns) {
        return PackedMatrix.packedBytes(type, rows, columns);
    }

    /**
     * Packs a weight matrix; see {@link PackedMatrix#pack}.
     *
     * @throws dev.outpost.engine.failure.ModelRejectedException code {@code non_finite_weight}
     */
    public PackedMatrix pack(String name, QuantType type, int rows, int columns, MemorySegment source,
            SegmentAllocator weights) {
        return PackedMatrix.pack(name, type, rows, columns, source, weights);
    }

    /** Decodes one table row for each token into {@code out [n, columns]}. */
    public void embed(PackedMatrix table, int[] tokens, int n, float[] out) {
        Shapes.holds("out", out.length, (long) n * table.columns());
        for (int i = 0; i < n; i++) {
            Shapes.index("token", tokens[i], table.rows());
            table.decodeRow(tokens[i], out, i * table.columns());
        }
    }

    /**
     * {@code out = x / sqrt(mean(x²) + epsilon) · weight} for each of {@code n} rows of {@code width}. {@code out} may be
     * {@code x}.
     */
    public void rmsNorm(float[] x, int n, int width, float[] weight, float epsilon, float[] out) {
        Shapes.holds("x", x.length, (long) n * width);
        Shapes.holds("weight", weight.length, width);
        Shapes.holds("out", out.length, (long) n * width);
        choice.rows().rmsNorm(x, 0, n, width, weight, epsilon, out);
    }

    /** Quantises {@code x [n, width]}; {@code out} borrows {@code x} until its next content. */
    public void quantise(float[] x, int n, int width, ActivationRows out) {
        out.begin(x, n, width);
        choice.rows().quantise(out, 0, n);
    }

    /** {@code outs[i] [n, weights[i].rows()] = x · weights[i]ᵀ} for all {@code i}, in one parallel step. */
    public void matmul(ActivationRows x, PackedMatrix[] weights, float[][] outs) {
        for (int i = 0; i < weights.length; i++) {
            checkProduct(x, x.n(), weights[i], outs[i]);
        }
        pool.run(matMul, matMul.prepare(x, 0, x.n(), weights, outs, pool.threads()));
    }

    /** {@code out [weights.rows()] = x[row] · weightsᵀ}. */
    public void matmulRow(ActivationRows x, int row, PackedMatrix weights, float[] out) {
        Shapes.index("row", row, x.n());
        checkProduct(x, 1, weights, out);
        oneMatrix[0] = weights;
        oneOut[0] = out;
        pool.run(matMul, matMul.prepare(x, row, 1, oneMatrix, oneOut, pool.threads()));
    }

    private static void checkProduct(ActivationRows x, int n, PackedMatrix weights, float[] out) {
        Shapes.equal("columns", weights.columns(), x.columns());
        Shapes.holds("out", out.length, (long) n * weights.rows());
    }

    /** {@code x[i] += bias} for each of {@code n} rows. */
    public void addBias(float[] x, int n, int width, float[] bias) {
        Shapes.holds("x", x.length, (long) n * width);
        Shapes.holds("bias", bias.length, width);
        choice.rows().addBias(x, n, width, bias);
    }

    /** {@code x += y}, the first {@code count} values. */
    public void add(float[] x, float[] y, int count) {
        Shapes.holds("x", x.length, count);
        Shapes.holds("y", y.length, count);
        choice.rows().add(x, y, 0, count);
    }

    /** {@code gate = silu(gate) · up}, the first {@code count} values. */
    public void swiglu(float[] gate, float[] up, int count) {
        Shapes.holds("gate", gate.length, count);
        Shapes.holds("up", up.length, count);
        choice.rows().swiglu(gate, up, 0, count);
    }

    /**
     * Rotates {@code x [n, heads, headDim]} in place; row {@code i} by the angles of {@code positions[i]}.
     *
     * @param neox pairs are {@code (d, d + pairs)}; otherwise {@code (2d, 2d + 1)}
     */
    public void rope(float[] x, int n, int heads, int headDim, int[] positions, RopeAngles table, boolean neox) {
        Shapes.holds("x", x.length, (long) n * heads * headDim);
        Shapes.holds("headDim", headDim, 2L * table.pairs());
        for (int i = 0; i < n; i++) {
            Shapes.index("position", positions[i], table.positions());
        }
        choice.rows().rope(x, 0, n, heads, headDim, positions, table, neox);
    }

    /** Stores keys and values {@code [n, kvHeads, headDim]}: row {@code i} into {@code slots[i]} at {@code positions[i]}. */
    public void storeKv(KvStore[] slots, int[] positions, int n, int layer, float[] k, float[] v) {
        for (int i = 0; i < n; i++) {
            KvStore store = slots[i];
            int width = store.kvHeads() * store.headDim();
            Shapes.index("position", positions[i], store.capacity());
            Shapes.index("layer", layer, store.layers());
            Shapes.holds("k", k.length, (long) (i + 1) * width);
            Shapes.holds("v", v.length, (long) (i + 1) * width);
            for (int head = 0; head < store.kvHeads(); head++) {
                KvWriter.write(store, layer, head, positions[i], k, v, i * width + head * store.headDim());
            }
        }
    }

    /**
     * Row {@code i} of {@code q [n, heads, headDim]} attends to the keys {@code 0 … positions[i]} of {@code slots[i]};
     * {@code out} has the shape of {@code q}. Rows of one sequence are best passed one after another.
     */
    public void attention(KvStore[] slots, int[] positions, int n, int layer, float[] q, int heads, float scale,
            float[] out) {
        for (int i = 0; i < n; i++) {
            Shapes.index("position", positions[i], slots[i].capacity());
            Shapes.index("layer", layer, slots[i].layers());
            Shapes.equal("kvHeads", slots[0].kvHeads(), slots[i].kvHeads());
            Shapes.equal("headDim", slots[0].headDim(), slots[i].headDim());
        }
        long values = (long) n * heads * slots[0].headDim();
        Shapes.holds("q", q.length, values);
        Shapes.holds("out", out.length, values);
        Shapes.equal("heads % kvHeads", 0, heads % slots[0].kvHeads());
        int runs = attention.prepare(slots, positions, n, layer, q, heads, scale, out);
        int kvHeads = slots[0].kvHeads();
        int runsAtOnce = Math.max(1, WorkerPool.MAX_CHUNKS / kvHeads);
        for (int first = 0; first < runs; first += runsAtOnce) {
            attention.select(first);
            pool.run(attention, Math.min(runsAtOnce, runs - first) * kvHeads);
        }
    }

    /** Ends the workers; weights and key-value memory may be unmapped afterwards. A second call does nothing. */
    @Override
    public void close() {
        pool.close();
    }
}
