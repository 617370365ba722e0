package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.SHORT_LANES;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.KernelScratch;
import dev.outpost.engine.kernels.MatMulKernel;
import dev.outpost.engine.pack.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Products with weights of four or five bits, summed in 16-bit lanes. */
final class ShortMatMul implements MatMulKernel {

    private static final int ROWS = ShortTile.ROWS;
    private static final int TILE = Tiles.LARGEST * ROWS;

    /** Rows up to which the packed bytes are multiplied directly, once for each row. */
    private static final int FEW_ROWS = 8;

    private final Unpacker unpacker;
    private final int size;
    private final int steps;

    ShortMatMul(Unpacker unpacker) {
        this.unpacker = unpacker;
        this.size = unpacker.groupSize();
        this.steps = unpacker.columnsPerShortSum();
    }

    @Override
    public void multiply(ActivationRows x, int firstRow, int n, PackedMatrix weights, int firstGroup, int groups,
            KernelScratch scratch, float[] out) {
        if (n <= FEW_ROWS) {
            few(x, firstRow, n, weights, firstGroup, groups, scratch, out);
            return;
        }
        int width = MatMulKernel.width(groups);
        Arrays.fill(out, 0, n * width, 0f);
        short[] panel = scratch.shorts(Unpacker.STRIP * ROWS);
        float[] scales = scratch.scales(2 * Unpacker.MINIMA);
        short[] sums = scratch.sums(2 * TILE);
        for (int group = 0; group < groups; group += 2) {
            MemorySegment low = weights.group(firstGroup + group);
            MemorySegment high = weights.group(firstGroup + Math.min(group + 1, groups - 1));
            for (int column = 0; column < weights.columns(); column += Unpacker.STRIP) {
                int columns = Math.min(Unpacker.STRIP, weights.columns() - column);
                unpacker.scales(low, column, columns, scales, Unpacker.MINIMA, 0);
                unpacker.scales(high, column, columns, scales, Unpacker.MINIMA, 32);
                unpacker.quants(low, column, columns, panel, 0);
                unpacker.quants(high, column, columns, panel, 32);
                strip(x, firstRow, n, column, columns, panel, scales, sums, out, group * 32, width);
            }
        }
    }

    private void few(ActivationRows x, int firstRow, int n, PackedMatrix weights, int firstGroup, int groups,
            KernelScratch scratch, float[] out) {
        int width = MatMulKernel.width(groups);
        int count = weights.columns() / size;
        float[] scales = scratch.scales(2 * count * ROWS);
        short[] sums = scratch.sums(2 * count * 32);
        boolean two = steps < size;
        for (int group = 0; group < groups; group++) {
            MemorySegment bytes = weights.group(firstGroup + group);
            for (int row = firstRow; row < firstRow + n; row++) {
                unpacker.sums(bytes, 0, weights.columns(), x.pairs(), row * x.stride(), x.sums(), row * x.groups(),
                        sums);
                if (row == firstRow) {
                    unpacker.scales(bytes, 0, weights.columns(), scales, count * ROWS, 0);
                }
                int to = (row - firstRow) * width + group * 32;
                if (unpacker.hasMinimum()) {
                    ScaleStep.rowWithMinimum(sums, two, scales, count, unpacker.center(), x, row, out, to);
                } else {
                    ScaleStep.row(sums, two, scales, count, size, x, row, out, to);
                }
            }
        }
    }

    private void strip(ActivationRows x, int firstRow, int n, int column, int columns, short[] panel, float[] scales,
            short[] sums, float[] out, int lane, int width) {
        for (int row = 0; row < n;) {
            int rows = Tiles.next(n - row);
            for (int k = 0; k < columns; k += size) {
                int at = (firstRow + row) * x.stride() + column + k;
                sums(rows, panel, k * ROWS, x, at, steps, sums, 0);
                if (steps < size) {
                    sums(rows, panel, (k + steps) * ROWS, x, at + steps, steps, sums, TILE);
                }
                int first = (firstRow + row) * x.groups() + (column + k) / ActivationRows.GROUP;
                scale(sums, rows, scales, k / size * ROWS, x, first, out, row * width + lane, width);
            }
            row += rows;
        }
    }

    private void scale(short[] sums, int rows, float[] scales, int at, ActivationRows x, int first,
            float[] out, int to, int width) {
        boolean one = steps == size;
        if (!unpacker.hasMinimum()) {
            if (one) {
                ScaleStep.plain(sums, rows, scales, at, x, first, out, to, width);
            } else {
                ScaleStep.halves(sums, TILE, rows, scales, at, x, first, out, to, width);
            }
        } else if (one) {
            ScaleStep.minimum(sums, rows, scales, at, unpacker.center(), x, first, out, to, width);
        } else {
            ScaleStep.minimumHalves(sums, TILE, rows, scales, at, unpacker.center(), x, first, out, to, width);
        }
    }

    private static void sums(int rows, short[] panel, int at, ActivationRows x, int from, int steps, short[] sums,
            int to) {
        int[] pairs = x.pairs();
        int stride = x.stride();
        for (int r = 0; r < ROWS; r += 2 * SHORT_LANES) {
            switch (rows) {
                case 6 -> ShortTile.sum6(panel, at + r, pairs, from, stride, steps, sums, to + r);
                case 4 -> ShortTile.sum4(panel, at + r, pairs, from, stride, steps, sums, to + r);
                case 2 -> ShortTile.sum2(panel, at + r, pairs, from, stride, steps, sums, to + r);
                default -> ShortTile.sum1(panel, at + r, pairs, from, steps, sums, to + r);
            }
        }
    }
}
