package dev.outpost.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.engine.pack.PackedMatrix;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of the scalar tier against its formula in double. */
class KernelsContractTest {

    private final Kernels kernels = Kernels.open(2, IsaLevel.SCALAR);
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        kernels.close();
        arena.close();
    }

    static List<QuantType> types() {
        return KernelTable.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void multipliesWithinTheErrorOfEightBitActivations(QuantType type) {
        int rows = 45;
        int columns = 512;
        int n = 3;
        var blocks = Samples.blocks(type, 7, rows, columns);
        float[] weights = Oracles.decode(type, blocks, rows, columns);
        PackedMatrix matrix = kernels.pack("w", type, rows, columns, blocks, arena);
        float[] x = Samples.floats(8, n * columns);
        var activations = new ActivationRows(n, columns);
        kernels.quantise(x, n, columns, activations);
        float[] out = new float[n * rows];
        kernels.matmul(activations, new PackedMatrix[]{matrix}, new float[][]{out});
        boolean plain = type == QuantType.F32 || type == QuantType.F16 || type == QuantType.BF16;
        for (int i = 0; i < n * rows; i++) {
            double[] expected = Oracles.dot(x, i / rows * columns, weights, i % rows * columns, columns);
            double share = plain ? Oracles.FLOAT_SHARE : Oracles.INT8_SHARE;
            assertEquals(expected[0], out[i], expected[1] * share, "output " + i);
        }
        float[] row = new float[rows];
        kernels.matmulRow(activations, 1, matrix, row);
        for (int r = 0; r < rows; r++) {
            assertEquals(out[rows + r], row[r]);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void embedsWhatTheFormatDecodes(QuantType type) {
        int rows = 70;
        int columns = 256;
        var blocks = Samples.blocks(type, 9, rows, columns);
        float[] weights = Oracles.decode(type, blocks, rows, columns);
        PackedMatrix table = kernels.pack("w", type, rows, columns, blocks, arena);
        float[] out = new float[2 * columns];
        kernels.embed(table, new int[]{69, 3}, 2, out);
        for (int i = 0; i < columns; i++) {
            assertEquals(weights[69 * columns + i], out[i]);
            assertEquals(weights[3 * columns + i], out[columns + i]);
        }
    }

    @Test
    void normalisesByTheRootMeanSquare() {
        int width = 83;
        float[] x = Samples.floats(1, 2 * width);
        float[] weight = Samples.floats(2, width);
        float[] out = new float[2 * width];
        kernels.rmsNorm(x, 2, width, weight, 1e-5f, out);
        double[] expected = Oracles.rmsNorm(x, width, width, weight, 1e-5);
        for (int i = 0; i < width; i++) {
            assertEquals(expected[i], out[width + i], Math.abs(expected[i]) * Oracles.FLOAT_SHARE);
        }
    }

    @Test
    void gatesByTheSigmoid() {
        float[] gate = {0, 1, -1, 30, -30, 100, -100, 3.5f};
        float[] up = {1, 2, 3, 4, 5, 6, 7, 8};
        float[] given = gate.clone();
        kernels.swiglu(gate, up, gate.length);
        for (int i = 0; i < gate.length; i++) {
            double expected = Oracles.swiglu(given[i], up[i]);
            assertEquals(expected, gate[i], Math.abs(expected) * 1e-6 + 1e-30);
        }
    }

    @Test
    void exponentialIsWithinTwoUnitsAndExactAtZero() {
        assertEquals(1f, Exponential.of(0f));
        for (float x = -86.9f; x < 88; x += 0.0137f) {
            double expected = Math.exp(x);
            assertEquals(expected, Exponential.of(x), expected * Oracles.EXPONENTIAL_SHARE);
        }
        assertEquals(0f, Exponential.of(-1000f));
    }

    @ParameterizedTest
    @EnumSource(KvType.class)
    void attendsToTheKeysUpToItsPosition(KvType type) {
        int heads = 6;
        int kvHeads = 2;
        int headDim = 40;
        int tokens = 300;
        KvStore store = new KvStore(arena.allocate(KvStore.bytes(type, 2, kvHeads, headDim, tokens)), type, 2, kvHeads,
                headDim, tokens);
        float[][] k = new float[tokens][];
        float[][] v = new float[tokens][];
        for (int t = 0; t < tokens; t++) {
            k[t] = Samples.floats(100 + t, kvHeads * headDim);
            v[t] = Samples.floats(9000 + t, kvHeads * headDim);
            kernels.storeKv(new KvStore[]{store}, new int[]{t}, 1, 1, k[t], v[t]);
        }
        float[] q = Samples.floats(3, 2 * heads * headDim);
        float[] out = new float[2 * heads * headDim];
        int[] positions = {17, 299};
        kernels.attention(new KvStore[]{store, store}, positions, 2, 1, q, heads, 0.05f, out);
        double tolerance = type == KvType.F16 ? 0.01 : 0.2;
        for (int i = 0; i < 2 * heads; i++) {
            double[] expected = Oracles.attention(q, i * headDim, k, v, i % heads / (heads / kvHeads) * headDim,
                    positions[i / heads] + 1, headDim, 0.05f);
            for (int d = 0; d < headDim; d++) {
                assertEquals(expected[d], out[i * headDim + d], tolerance);
            }
        }
    }

    @Test
    void rotatesPairsByTheirAngle() {
        var table = new RopeAngles(new double[]{1, 0.1}, 8, 1);
        float[] adjacent = {1, 0, 0, 2, 5};
        kernels.rope(adjacent, 1, 1, 5, new int[]{3}, table, false);
        assertEquals(Math.cos(3), adjacent[0], 1e-6);
        assertEquals(Math.sin(3), adjacent[1], 1e-6);
        assertEquals(-2 * Math.sin(0.3), adjacent[2], 1e-6);
        assertEquals(2 * Math.cos(0.3), adjacent[3], 1e-6);
        assertEquals(5, adjacent[4]);
        float[] apart = {1, 0, 0, 2, 5};
        kernels.rope(apart, 1, 1, 5, new int[]{3}, table, true);
        assertEquals(Math.cos(3), apart[0], 1e-6);
        assertEquals(Math.sin(3), apart[2], 1e-6);
    }

    @Test
    void refusesShapesThatDoNotFit() {
        var activations = new ActivationRows(1, 64);
        assertThrows(IllegalArgumentException.class, () -> kernels.quantise(new float[128], 2, 64, activations));
        assertThrows(IllegalArgumentException.class, () -> kernels.add(new float[3], new float[4], 4));
        var matrix = kernels.pack("w", QuantType.F32, 1, 8, Samples.blocks(QuantType.F32, 1, 1, 8), arena);
        assertThrows(IllegalArgumentException.class, () -> kernels.embed(matrix, new int[]{1}, 1, new float[8]));
    }
}
