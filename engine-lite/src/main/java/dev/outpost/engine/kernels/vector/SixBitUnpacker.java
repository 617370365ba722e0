package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_BYTES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_SHORTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORT_LANES;

import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Blocks of 256 weights in sixteen groups of 16: Q6_K.
 *
 * <pre>
 * block   32 × d | 16 × 32 × int8 scale | 128 × 32 × low nibbles | 64 × 32 × upper pairs
 * </pre>
 */
final class SixBitUnpacker extends Unpacker {

    private static final int LANES = 32;
    private static final int COLUMNS = 256;
    private static final int BLOCK_BYTES = QuantType.Q6_K.blockBytes() * LANES;
    private static final int SCALES = 2 * LANES;
    private static final int LOW = SCALES + 16 * LANES;
    private static final int HIGH = LOW + 128 * LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    @Override
    void quants(MemorySegment group, int column, int columns, short[] panel, int lane) {
        for (int k = 0; k < columns; k += 32) {
            int run = (column + k) % COLUMNS / 32;
            int block = (column + k) / COLUMNS * BLOCK_BYTES;
            int low = block + LOW + (run / 4 * 64 + (run & 1) * 32) * LANES;
            int high = block + HIGH + run / 4 * 32 * LANES;
            sixes(group, low, (run & 2) * 2, high, (run & 3) * 2, panel, k * ROWS + lane);
        }
    }

    @Override
    void sums(MemorySegment group, int column, int columns, int[] pairs, int from, float[] totals, int total,
            short[] sums) {
        for (int k = 0; k < columns; k += 8) {
            int run = (column + k) % COLUMNS / 32;
            int block = (column + k) / COLUMNS * BLOCK_BYTES;
            int low = block + LOW + (run / 4 * 64 + (run & 1) * 32 + k % 32) * LANES;
            int high = block + HIGH + (run / 4 * 32 + k % 32) * LANES;
            RowSums.sixBits(group, low, (run & 2) * 2, high, (run & 3) * 2, pairs, from + k, sums, k / 8 * 32);
        }
    }

    private static void sixes(MemorySegment group, int low, int lowShift, int high, int highShift, short[] panel,
            int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            for (int j = 0; j < 32; j++) {
                ShortVector nibble = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, low + j * LANES + r, ORDER));
                ShortVector upper = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high + j * LANES + r, ORDER));
                nibble.lanewise(VectorOperators.LSHR, lowShift).and((short) 15)
                        .or(upper.lanewise(VectorOperators.LSHR, highShift).and((short) 3)
                                .lanewise(VectorOperators.LSHL, 4))
                        .sub((short) 32).intoArray(panel, to + j * ROWS + r);
            }
        }
    }

    @Override
    void scales(MemorySegment group, int column, int columns, float[] scales, int minima, int lane) {
        for (int k = 0; k < columns; k += 16) {
            int block = (column + k) / COLUMNS * BLOCK_BYTES;
            int bytes = block + SCALES + (column + k) % COLUMNS / 16 * LANES;
            for (int r = 0; r < LANES; r += FLOAT_LANES) {
                ShortVector bits = ShortVector.fromMemorySegment(HALF_SHORTS, group, block + 2L * r, ORDER);
                FloatVector scale = Lanes.halves(bits).mul(Lanes.signedBytes(group, bytes + r));
                scale.intoArray(scales, k / 16 * ROWS + lane + r);
            }
        }
    }

    @Override
    int center() {
        return 0;
    }

    @Override
    boolean hasMinimum() {
        return false;
    }

    @Override
    int groupSize() {
        return 16;
    }

    @Override
    int columnsPerShortSum() {
        return 8;
    }
}
