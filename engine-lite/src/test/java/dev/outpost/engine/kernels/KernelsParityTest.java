package dev.outpost.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.engine.pack.PackedMatrix;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector tier gives the scalar tier's bits: every type and operation, odd sizes, cold and compiled. */
class KernelsParityTest {

    /** Enough calls for the compiler to have replaced the hot methods at least once. */
    private static final int UNTIL_COMPILED = 40;

    private final Kernels scalar = Kernels.open(1, IsaLevel.SCALAR);
    private final Kernels vector = Kernels.open(2, IsaLevel.VECTOR);
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        scalar.close();
        vector.close();
        arena.close();
    }

    static List<QuantType> types() {
        return KernelTable.types();
    }

    static void assertSameBits(float[] expected, float[] found, String what) {
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(found[i])) {
                assertEquals(expected[i], found[i], what + ", index " + i);
            }
        }
    }

    private float[] multiply(Kernels kernels, PackedMatrix[] matrices, float[] x, int n) {
        int columns = matrices[0].columns();
        var activations = new ActivationRows(n, columns);
        kernels.quantise(x, n, columns, activations);
        float[][] outs = new float[matrices.length][];
        int total = 0;
        for (int i = 0; i < matrices.length; i++) {
            outs[i] = new float[n * matrices[i].rows()];
            total += outs[i].length;
        }
        kernels.matmul(activations, matrices, outs);
        float[] all = new float[total];
        int at = 0;
        for (float[] out : outs) {
            System.arraycopy(out, 0, all, at, out.length);
            at += out.length;
        }
        return all;
    }

    @Tag("width")
    @ParameterizedTest
    @MethodSource("types")
    void multipliesAlikeForAnyNumberOfRows(QuantType type) {
        int columns = Math.max(type.blockSize(), 32) * (type.blockSize() == 256 ? 2 : 9);
        PackedMatrix[] matrices = {pack(type, 1, 70, columns), pack(type, 2, 33, columns)};
        for (int n : new int[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 70}) {
            float[] x = Samples.floats(n, n * columns);
            assertSameBits(multiply(scalar, matrices, x, n), multiply(vector, matrices, x, n), type + ", n=" + n);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void multipliesAlikeColdAndCompiled(QuantType type) {
        int columns = 512;
        PackedMatrix[] matrices = {pack(type, 3, 64, columns)};
        float[] x = Samples.floats(5, 7 * columns);
        float[] expected = multiply(scalar, matrices, x, 7);
        for (int i = 0; i < UNTIL_COMPILED; i++) {
            assertSameBits(expected, multiply(vector, matrices, x, 7), type + ", call " + i);
        }
    }

    @Tag("width")
    @ParameterizedTest
    @MethodSource("types")
    void multipliesAlikeAtTheEndsOfTheRange(QuantType type) {
        int columns = 512;
        for (int fill : new int[]{0x00, 0xff, 0x80, 0x7f, 0x0f, 0xf0}) {
            MemorySegment blocks = Samples.extremes(type, fill, 40, columns);
            if (type == QuantType.F32) {
                blocks = Samples.extremes(type, 0, 40, columns);
            }
            PackedMatrix[] matrices = {scalar.pack("w", type, 40, columns, blocks, arena)};
            for (float value : new float[]{1f, -1f, 1e-38f, 3e38f, 0f}) {
                float[] x = new float[3 * columns];
                Arrays.fill(x, value);
                x[columns + 5] = -value;
                assertSameBits(multiply(scalar, matrices, x, 3), multiply(vector, matrices, x, 3),
                        type + ", fill=" + fill + ", x=" + value);
            }
        }
    }

    @Tag("width")
    @Test
    void plainWeightsMayHaveAnyNumberOfColumns() {
        for (int columns : new int[]{1, 31, 33, 129, 200}) {
            PackedMatrix[] matrices = {pack(QuantType.F16, 4, 35, columns)};
            float[] x = Samples.floats(6, 3 * columns);
            assertSameBits(multiply(scalar, matrices, x, 3), multiply(vector, matrices, x, 3), "columns=" + columns);
        }
    }

    private PackedMatrix pack(QuantType type, long seed, int rows, int columns) {
        return scalar.pack("w", type, rows, columns, Samples.blocks(type, seed, rows, columns), arena);
    }

    @Tag("width")
    @Test
    void rowOperationsAreAlike() {
        for (int width : new int[]{1, 15, 16, 33, 64, 83, 576}) {
            float[] x = Samples.floats(width, 3 * width);
            float[] y = Samples.floats(width + 1, 3 * width);
            float[] a = new float[3 * width];
            float[] b = new float[3 * width];
            scalar.rmsNorm(x, 3, width, y, 1e-6f, a);
            vector.rmsNorm(x, 3, width, y, 1e-6f, b);
            assertSameBits(a, b, "norm, width=" + width);
            scalar.swiglu(a, y, 3 * width);
            vector.swiglu(b, y, 3 * width);
            assertSameBits(a, b, "swiglu, width=" + width);
            scalar.add(a, x, 3 * width);
            vector.add(b, x, 3 * width);
            assertSameBits(a, b, "add, width=" + width);
            scalar.addBias(a, 3, width, y);
            vector.addBias(b, 3, width, y);
            assertSameBits(a, b, "bias, width=" + width);
        }
    }

    @Tag("width")
    @Test
    void quantisesAlike() {
        for (int width : new int[]{1, 32, 45, 576}) {
            float[] x = Samples.floats(width, 2 * width);
            x[0] = 1e-35f;
            ActivationRows a = new ActivationRows(2, width);
            ActivationRows b = new ActivationRows(2, width);
            scalar.quantise(x, 2, width, a);
            vector.quantise(x, 2, width, b);
            assertSameBits(a.quants(), b.quants(), "quants, width=" + width);
            assertSameBits(a.scales(), b.scales(), "scales, width=" + width);
            assertSameBits(a.sums(), b.sums(), "sums, width=" + width);
            assertEquals(Arrays.toString(a.pairs()), Arrays.toString(b.pairs()));
        }
    }

    @Tag("width")
    @Test
    void rotatesAlike() {
        for (int pairs : new int[]{3, 8, 32}) {
            double[] frequencies = new double[pairs];
            Arrays.setAll(frequencies, i -> Math.pow(10000, -i / (double) pairs));
            var table = new RopeAngles(frequencies, 40, 1);
            int headDim = 2 * pairs + 4;
            for (boolean neox : new boolean[]{false, true}) {
                float[] a = Samples.floats(pairs, 4 * 3 * headDim);
                float[] b = a.clone();
                int[] positions = {0, 39, 7, 38};
                scalar.rope(a, 4, 3, headDim, positions, table, neox);
                vector.rope(b, 4, 3, headDim, positions, table, neox);
                assertSameBits(a, b, "rope, pairs=" + pairs + ", neox=" + neox);
            }
        }
    }

    @Tag("width")
    @ParameterizedTest
    @EnumSource(KvType.class)
    void attendsAlikeHoweverRowsAreBatched(KvType type) {
        for (int headDim : new int[]{40, 64, 128}) {
            int heads = 6;
            int kvHeads = 2;
            int tokens = 700;
            int width = heads * headDim;
            KvStore store = filled(type, kvHeads, headDim, tokens);
            int[] positions = {0, 5, 63, 64, 255, 256, 257, 400, 511, 512, 698, 699};
            int n = positions.length;
            KvStore[] slots = new KvStore[n];
            Arrays.fill(slots, store);
            float[] q = Samples.floats(headDim, n * width);
            float[] expected = new float[n * width];
            float[] found = new float[n * width];
            scalar.attention(slots, positions, n, 0, q, heads, 0.125f, expected);
            vector.attention(slots, positions, n, 0, q, heads, 0.125f, found);
            assertSameBits(expected, found, type + ", headDim=" + headDim);
            for (int i = 0; i < n; i++) {
                float[] one = new float[width];
                vector.attention(slots, new int[]{positions[i]}, 1, 0, Arrays.copyOfRange(q, i * width, n * width),
                        heads, 0.125f, one);
                assertSameBits(Arrays.copyOfRange(expected, i * width, (i + 1) * width), one, "row " + i);
            }
        }
    }

    private KvStore filled(KvType type, int kvHeads, int headDim, int tokens) {
        MemorySegment memory = arena.allocate(KvStore.bytes(type, 1, kvHeads, headDim, tokens));
        memory.fill((byte) 0xff);
        KvStore store = new KvStore(memory, type, 1, kvHeads, headDim, tokens);
        for (int t = 0; t < tokens; t++) {
            float[] k = Samples.floats(t, kvHeads * headDim);
            float[] v = Samples.floats(t + 10_000, kvHeads * headDim);
            scalar.storeKv(new KvStore[]{store}, new int[]{t}, 1, 0, k, v);
        }
        return store;
    }
}
