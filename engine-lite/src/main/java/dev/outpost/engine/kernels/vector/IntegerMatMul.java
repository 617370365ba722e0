package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_SHORTS;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.KernelScratch;
import dev.outpost.engine.kernels.MatMulKernel;
import dev.outpost.engine.pack.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.ShortVector;

/** Products with weights of six or eight bits, whose integers are held and summed as floats. */
final class IntegerMatMul implements MatMulKernel {

    private static final int ROWS = FloatTile.ROWS;

    private final Unpacker unpacker;
    private final RowProduct single;
    private final int size;

    IntegerMatMul(Unpacker unpacker, RowProduct single) {
        this.unpacker = unpacker;
        this.single = single;
        this.size = unpacker.groupSize();
    }

    @Override
    public void multiply(ActivationRows x, int firstRow, int n, PackedMatrix weights, int firstGroup, int groups,
            KernelScratch scratch, float[] out) {
        int width = MatMulKernel.width(groups);
        if (n <= RowProduct.MOST_ROWS) {
            RowProduct.multiply(single, x, firstRow, n, weights, firstGroup, groups, scratch, out);
            return;
        }
        Arrays.fill(out, 0, n * width, 0f);
        short[] integers = scratch.shorts(Unpacker.STRIP * ROWS);
        float[] panel = scratch.panel(Unpacker.STRIP * ROWS);
        float[] scales = scratch.scales(2 * Unpacker.MINIMA);
        float[] sums = scratch.state(Tiles.LARGEST * ROWS);
        Arrays.fill(sums, 0, Tiles.LARGEST * ROWS, 0f);
        for (int group = 0; group < groups; group += 2) {
            MemorySegment low = weights.group(firstGroup + group);
            MemorySegment high = weights.group(firstGroup + Math.min(group + 1, groups - 1));
            for (int column = 0; column < weights.columns(); column += Unpacker.STRIP) {
                int columns = Math.min(Unpacker.STRIP, weights.columns() - column);
                unpacker.quants(low, column, columns, integers, 0);
                unpacker.quants(high, column, columns, integers, 32);
                widen(integers, panel, columns * ROWS);
                unpacker.scales(low, column, columns, scales, Unpacker.MINIMA, 0);
                unpacker.scales(high, column, columns, scales, Unpacker.MINIMA, 32);
                strip(x, firstRow, n, column, columns, panel, scales, sums, out, group * 32, width);
            }
        }
    }

    private static void widen(short[] integers, float[] panel, int count) {
        for (int i = 0; i < count; i += FLOAT_LANES) {
            Lanes.floats(ShortVector.fromArray(HALF_SHORTS, integers, i)).intoArray(panel, i);
        }
    }

    private void strip(ActivationRows x, int firstRow, int n, int column, int columns, float[] panel, float[] scales,
            float[] sums, float[] out, int lane, int width) {
        for (int row = 0; row < n;) {
            int rows = Tiles.next(n - row);
            for (int k = 0; k < columns; k += size) {
                int at = (firstRow + row) * x.stride() + column + k;
                FloatTile.sums(rows, panel, k * ROWS, x.quants(), at, x.stride(), size, sums, 0, ROWS);
                int scale = (firstRow + row) * x.groups() + (column + k) / ActivationRows.GROUP;
                ScaleStep.floats(sums, rows, scales, k / size * ROWS, x, scale, out, row * width + lane, width);
            }
            row += rows;
        }
    }
}
