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

    private final Unpacker unpacker;
    private final RowProduct single;
    private final boolean fives;
    private final boolean plain;

    ShortMatMul(Unpacker unpacker, RowProduct single) {
        this.unpacker = unpacker;
        this.single = single;
        this.fives = unpacker.columnsPerShortSum() == 16;
        this.plain = !fives && !unpacker.hasMinimum();
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
        short[] panel = scratch.shorts(Unpacker.STRIP * ROWS);
        float[] scales = scratch.scales(2 * Unpacker.MINIMA);
        short[] sums = scratch.sums(2 * TILE);
        for (int group = 0; group < groups; group += 2) {
            MemorySegment low = weights.group(firstGroup + group);
            MemorySegment high = weights.group(firstGroup + Math.min(group + 1, groups - 1));
            for (int column = 0; column < weights.columns(); column += Unpacker.STRIP) {
                int columns = Math.min(Unpacker.STRIP, weights.columns() - column);
                unpacker.quants(low, column, columns, panel, 0);
                unpacker.quants(high, column, columns, panel, 32);
                unpacker.scales(low, column, columns, scales, 0);
                unpacker.scales(high, column, columns, scales, 32);
                strip(x, firstRow, n, column, columns, panel, scales, sums, out, group * 32, width);
            }
        }
    }

    private void strip(ActivationRows x, int firstRow, int n, int column, int columns, short[] panel, float[] scales,
            short[] sums, float[] out, int lane, int width) {
        for (int row = 0; row < n;) {
            int rows = Tiles.next(n - row);
            for (int k = 0; k < columns; k += 32) {
                int at = (firstRow + row) * x.stride() + column + k;
                if (fives) {
                    sums(rows, panel, k * ROWS, x, at, 16, sums, 0);
                    sums(rows, panel, (k + 16) * ROWS, x, at + 16, 16, sums, TILE);
                } else {
                    sums(rows, panel, k * ROWS, x, at, 32, sums, 0);
                }
                int scale = (firstRow + row) * x.groups() + (column + k) / 32;
                int to = row * width + lane;
                if (plain) {
                    ScaleStep.shorts(sums, rows, scales, k / 32 * ROWS, x, scale, out, to, width);
                } else {
                    ScaleStep.general(sums, fives ? TILE : 0, rows, scales, k / 32 * ROWS, unpacker.center(), x, scale,
                            out, to, width);
                }
            }
            row += rows;
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
