package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
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
 * Blocks of 256 weights in eight groups of 32, with six-bit scales and minimums: Q4_K, Q5_K.
 *
 * <pre>
 * block   32 × d | 32 × dmin | 12 × 32 × six-bit scales | Q5_K: 32 × 32 × fifth bits | 128 × 32 × nibble pairs
 * </pre>
 */
final class SuperBlockUnpacker extends Unpacker {

    private static final int LANES = 32;
    private static final int COLUMNS = 256;
    private static final int MINIMUM_FACTOR = 2 * LANES;
    private static final int SIX_BITS = 4 * LANES;
    private static final int AFTER_SCALES = 16 * LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final boolean five;
    private final int blockBytes;

    SuperBlockUnpacker(QuantType type, boolean five) {
        this.five = five;
        this.blockBytes = type.blockBytes() * LANES;
    }

    @Override
    void quants(MemorySegment group, int column, int columns, short[] panel, int lane) {
        for (int k = 0; k < columns; k += 32) {
            int inBlock = (column + k) % COLUMNS / 32;
            int block = (column + k) / COLUMNS * blockBytes + AFTER_SCALES;
            int shift = (inBlock & 1) * 4;
            int run = inBlock / 2 * 32 * LANES;
            if (five) {
                fives(group, block, inBlock, block + 32 * LANES + run, shift, panel, k * ROWS + lane);
            } else {
                nibbles(group, block + run, shift, panel, k * ROWS + lane);
            }
        }
    }

    @Override
    void sums(MemorySegment group, int column, int columns, int[] pairs, int from, float[] totals, int total,
            short[] sums) {
        for (int k = 0; k < columns; k += 64) {
            int inBlock = (column + k) % COLUMNS / 32;
            int block = (column + k) / COLUMNS * blockBytes + AFTER_SCALES;
            int run = inBlock / 2 * 32 * LANES;
            int to = k / 32 * 2 * LANES;
            if (five) {
                int low = block + 32 * LANES + run;
                RowSums.fiveRuns(group, low, block, inBlock, pairs, from + k, sums, to);
                RowSums.fiveRuns(group, low + 16 * LANES, block + 16 * LANES, inBlock, pairs, from + k + 16, sums,
                        to + LANES);
            } else {
                short lowStart = (short) (-8 * (int) totals[total + k / 32]);
                short highStart = (short) (-8 * (int) totals[total + k / 32 + 1]);
                RowSums.nibbleRuns(group, block + run, pairs, from + k, lowStart, highStart, sums, to);
            }
        }
    }

    /** Low or high nibbles of 32 bytes, around 8. */
    private static void nibbles(MemorySegment group, int from, int shift, short[] panel, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            for (int j = 0; j < 32; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, from + j * LANES + r, ORDER));
                pair.lanewise(VectorOperators.LSHR, shift).and((short) 15).sub((short) 8)
                        .intoArray(panel, to + j * ROWS + r);
            }
        }
    }

    /** The same with bit {@code bit} of the fifth bits, around 16. */
    private static void fives(MemorySegment group, int high, int bit, int from, int shift, short[] panel, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            for (int j = 0; j < 32; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, from + j * LANES + r, ORDER));
                ShortVector fifth = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high + j * LANES + r, ORDER));
                pair.lanewise(VectorOperators.LSHR, shift).and((short) 15)
                        .or(fifth.lanewise(VectorOperators.LSHL, 4).lanewise(VectorOperators.LSHR, bit)
                                .and((short) 16))
                        .sub((short) 16).intoArray(panel, to + j * ROWS + r);
            }
        }
    }

    @Override
    void scales(MemorySegment group, int column, int columns, float[] scales, int minima, int lane) {
        for (int k = 0; k < columns; k += 32) {
            int inBlock = (column + k) % COLUMNS / 32;
            int block = (column + k) / COLUMNS * blockBytes;
            int six = block + SIX_BITS;
            int to = k / 32 * ROWS + lane;
            if (inBlock < 4) {
                early(group, six + inBlock * LANES, block, 1f, scales, to);
                early(group, six + (inBlock + 4) * LANES, block + MINIMUM_FACTOR, -1f, scales, minima + to);
            } else {
                int upper = six + (inBlock - 4) * LANES;
                int lower = six + (inBlock + 4) * LANES;
                late(group, upper, lower, 0, block, 1f, scales, to);
                late(group, upper + 4 * LANES, lower, 4, block + MINIMUM_FACTOR, -1f, scales, minima + to);
            }
        }
    }

    /** Groups 0 to 3: the low six bits of one byte, times the factor. The minimum is subtracted, so its sign is turned. */
    private static void early(MemorySegment group, int bytes, int factor, float sign, float[] to, int at) {
        for (int r = 0; r < LANES; r += FLOAT_LANES) {
            FloatVector six = Lanes.bits(group, bytes + r, 0, 63);
            product(group, factor, r, six, sign).intoArray(to, at + r);
        }
    }

    /** Groups 4 to 7: four low bits from one byte, two high bits from the top of another. */
    private static void late(MemorySegment group, int upper, int lower, int shift, int factor, float sign, float[] to,
            int at) {
        for (int r = 0; r < LANES; r += FLOAT_LANES) {
            FloatVector low = Lanes.bits(group, lower + r, shift, 15);
            FloatVector high = Lanes.bits(group, upper + r, 6, 3);
            product(group, factor, r, high.mul(16f).add(low), sign).intoArray(to, at + r);
        }
    }

    private static FloatVector product(MemorySegment group, int factor, int r, FloatVector six, float sign) {
        ShortVector bits = ShortVector.fromMemorySegment(HALF_SHORTS, group, factor + 2L * r, ORDER);
        return Lanes.halves(bits).mul(six).mul(FloatVector.broadcast(FLOATS, sign));
    }

    @Override
    int center() {
        return five ? 16 : 8;
    }

    @Override
    boolean hasMinimum() {
        return true;
    }

    @Override
    int columnsPerShortSum() {
        return five ? 16 : 32;
    }
}
