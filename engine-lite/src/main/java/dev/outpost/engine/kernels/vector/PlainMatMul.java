package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_SHORTS;
import static dev.outpost.engine.kernels.vector.Lanes.INTS;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.KernelScratch;
import dev.outpost.engine.kernels.MatMulKernel;
import dev.outpost.engine.pack.PackedMatrix;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Products with weights that are floats themselves, F32, F16 and BF16: one fused chain over all columns. */
final class PlainMatMul implements MatMulKernel {

    private static final int ROWS = FloatTile.ROWS;
    private static final int LANES = 32;
    /** Rows up to which the packed bytes are multiplied directly, once for each row. */
    private static final int FEW_ROWS = 3;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final QuantType type;

    PlainMatMul(QuantType type) {
        this.type = type;
    }

    @Override
    public void multiply(ActivationRows x, int firstRow, int n, PackedMatrix weights, int firstGroup, int groups,
            KernelScratch scratch, float[] out) {
        int width = MatMulKernel.width(groups);
        if (n <= FEW_ROWS) {
            for (int group = 0; group < groups; group++) {
                MemorySegment bytes = weights.group(firstGroup + group);
                for (int row = 0; row < n; row++) {
                    few(bytes, weights.columns(), x.rows(), (firstRow + row) * x.columns(), out,
                            row * width + group * LANES);
                }
            }
            return;
        }
        Arrays.fill(out, 0, n * width, 0f);
        float[] panel = scratch.panel(Unpacker.STRIP * ROWS);
        for (int group = 0; group < groups; group += 2) {
            MemorySegment low = weights.group(firstGroup + group);
            MemorySegment high = weights.group(firstGroup + Math.min(group + 1, groups - 1));
            for (int column = 0; column < weights.columns(); column += Unpacker.STRIP) {
                int columns = Math.min(Unpacker.STRIP, weights.columns() - column);
                unpack(low, column, columns, panel, 0);
                unpack(high, column, columns, panel, LANES);
                for (int row = 0; row < n;) {
                    int rows = Tiles.next(n - row);
                    FloatTile.sums(rows, panel, 0, x.rows(), (firstRow + row) * x.columns() + column, x.columns(),
                            columns, out, row * width + group * LANES, width);
                    row += rows;
                }
            }
        }
    }

    private void unpack(MemorySegment group, int column, int columns, float[] panel, int lane) {
        switch (type) {
            case F32 -> singles(group, column, columns, panel, lane);
            case F16 -> halves(group, column, columns, panel, lane);
            default -> brains(group, column, columns, panel, lane);
        }
    }

    private static void singles(MemorySegment group, int column, int columns, float[] panel, int lane) {
        for (int r = 0; r < LANES; r += FLOAT_LANES) {
            for (int k = 0; k < columns; k++) {
                FloatVector.fromMemorySegment(FLOATS, group, 4L * ((column + k) * LANES + r), ORDER).intoArray(panel,
                        k * ROWS + lane + r);
            }
        }
    }

    private static void halves(MemorySegment group, int column, int columns, float[] panel, int lane) {
        for (int r = 0; r < LANES; r += FLOAT_LANES) {
            for (int k = 0; k < columns; k++) {
                Lanes.halves(
                        ShortVector.fromMemorySegment(HALF_SHORTS, group, 2L * ((column + k) * LANES + r), ORDER))
                        .intoArray(panel, k * ROWS + lane + r);
            }
        }
    }

    private static void brains(MemorySegment group, int column, int columns, float[] panel, int lane) {
        for (int r = 0; r < LANES; r += FLOAT_LANES) {
            for (int k = 0; k < columns; k++) {
                ShortVector bits = ShortVector.fromMemorySegment(HALF_SHORTS, group,
                        2L * ((column + k) * LANES + r), ORDER);
                brains(bits).intoArray(panel, k * ROWS + lane + r);
            }
        }
    }

    private void few(MemorySegment group, int columns, float[] x, int from, float[] out, int to) {
        for (int r = 0; r < LANES; r += 2 * FLOAT_LANES) {
            switch (type) {
                case F32 -> singleRow(group, columns, r, x, from, out, to + r);
                case F16 -> halfRow(group, columns, r, x, from, out, to + r);
                default -> brainRow(group, columns, r, x, from, out, to + r);
            }
        }
    }

    private static void singleRow(MemorySegment group, int columns, int r, float[] x, int from, float[] out, int to) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int k = 0; k < columns; k++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[from + k]);
            long at = 4L * (k * LANES + r);
            a = FloatVector.fromMemorySegment(FLOATS, group, at, ORDER).fma(value, a);
            b = FloatVector.fromMemorySegment(FLOATS, group, at + 4 * FLOAT_LANES, ORDER).fma(value, b);
        }
        a.intoArray(out, to);
        b.intoArray(out, to + FLOAT_LANES);
    }

    private static void halfRow(MemorySegment group, int columns, int r, float[] x, int from, float[] out, int to) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int k = 0; k < columns; k++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[from + k]);
            long at = 2L * (k * LANES + r);
            a = Lanes.halves(ShortVector.fromMemorySegment(HALF_SHORTS, group, at, ORDER)).fma(value, a);
            b = Lanes.halves(ShortVector.fromMemorySegment(HALF_SHORTS, group, at + 2 * FLOAT_LANES, ORDER)).fma(value,
                    b);
        }
        a.intoArray(out, to);
        b.intoArray(out, to + FLOAT_LANES);
    }

    private static void brainRow(MemorySegment group, int columns, int r, float[] x, int from, float[] out, int to) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int k = 0; k < columns; k++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[from + k]);
            long at = 2L * (k * LANES + r);
            a = brains(ShortVector.fromMemorySegment(HALF_SHORTS, group, at, ORDER)).fma(value, a);
            b = brains(ShortVector.fromMemorySegment(HALF_SHORTS, group, at + 2 * FLOAT_LANES, ORDER)).fma(value, b);
        }
        a.intoArray(out, to);
        b.intoArray(out, to + FLOAT_LANES);
    }

    /** The upper halves of floats. */
    private static FloatVector brains(ShortVector bits) {
        IntVector wide = (IntVector) bits.convertShape(VectorOperators.S2I, INTS, 0);
        return wide.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }
}
