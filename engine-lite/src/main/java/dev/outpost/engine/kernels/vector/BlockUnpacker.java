package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_BYTES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_SHORTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORT_LANES;

import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Blocks of 32 weights with a scale and perhaps a minimum: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0.
 *
 * <pre>
 * block   32 × d | 32 × m ? | 4 × 32 × fifth bits ? | 16 × 32 × nibble pairs, or 32 × 32 × int8
 * </pre>
 */
final class BlockUnpacker extends Unpacker {

    private static final int LANES = 32;
    private static final int HALVES = 2 * LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final int bits;
    private final boolean minimum;
    private final int blockBytes;

    BlockUnpacker(QuantType type, int bits, boolean minimum) {
        this.bits = bits;
        this.minimum = minimum;
        this.blockBytes = type.blockBytes() * LANES;
    }

    @Override
    void quants(MemorySegment group, int column, int columns, short[] panel, int lane) {
        for (int k = 0; k < columns; k += 32) {
            int block = (column + k) / 32 * blockBytes + (minimum ? 2 * HALVES : HALVES);
            int to = k * ROWS + lane;
            switch (bits) {
                case 4 -> nibbles(group, block, panel, to);
                case 5 -> fives(group, block, panel, to);
                default -> eights(group, block, panel, to);
            }
        }
    }

    @Override
    void sums(MemorySegment group, int column, int columns, int[] pairs, int from, float[] totals, int total,
            short[] sums) {
        for (int k = 0; k < columns; k += 32) {
            int at = (column + k) / 32 * blockBytes + (minimum ? 2 * HALVES : HALVES);
            int to = k / 32 * 2 * 32;
            if (bits == 4) {
                short start = (short) (-8 * (int) totals[total + k / 32]);
                RowSums.nibblePairs(group, at, pairs, from + k, start, sums, to);
            } else {
                RowSums.fivePairs(group, at + 4 * LANES, at, pairs, from + k, sums, to);
            }
        }
    }

    /** Four bits around 8. */
    static void nibbles(MemorySegment group, int block, short[] panel, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            for (int j = 0; j < 16; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, block + j * LANES + r, ORDER));
                pair.and((short) 15).sub((short) 8).intoArray(panel, to + j * ROWS + r);
                pair.lanewise(VectorOperators.LSHR, 4).sub((short) 8).intoArray(panel, to + (j + 16) * ROWS + r);
            }
        }
    }

    /** Five bits around 16: byte b of the fifth bits holds columns 8b … 8b + 7. */
    static void fives(MemorySegment group, int block, short[] panel, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            for (int half = 0; half < 2; half++) {
                int high = block + half * LANES + r;
                int low = block + (4 + half * 8) * LANES + r;
                fiveRun(group, high, low, panel, to + half * 8 * ROWS + r);
            }
        }
    }

    /** Eight bytes of nibble pairs with the fifth bits of their low and, two bytes on, their high columns. */
    private static void fiveRun(MemorySegment group, int high, int low, short[] panel, int to) {
        ShortVector fifthLow = Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high, ORDER))
                .lanewise(VectorOperators.LSHL, 4);
        ShortVector fifthHigh = Lanes
                .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high + 2 * LANES, ORDER))
                .lanewise(VectorOperators.LSHL, 4);
        for (int j = 0; j < 8; j++) {
            ShortVector pair = Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, low + j * LANES, ORDER));
            pair.and((short) 15).or(fifthLow.lanewise(VectorOperators.LSHR, j).and((short) 16)).sub((short) 16)
                    .intoArray(panel, to + j * ROWS);
            pair.lanewise(VectorOperators.LSHR, 4).or(fifthHigh.lanewise(VectorOperators.LSHR, j).and((short) 16))
                    .sub((short) 16).intoArray(panel, to + (j + 16) * ROWS);
        }
    }

    static void eights(MemorySegment group, int block, short[] panel, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            for (int j = 0; j < 32; j++) {
                Lanes.signed(ByteVector.fromMemorySegment(HALF_BYTES, group, block + j * LANES + r, ORDER))
                        .intoArray(panel, to + j * ROWS + r);
            }
        }
    }

    @Override
    void scales(MemorySegment group, int column, int columns, float[] scales, int minima, int lane) {
        for (int k = 0; k < columns; k += 32) {
            int block = (column + k) / 32 * blockBytes;
            halves(group, block, scales, k / 32 * ROWS + lane);
            if (minimum) {
                halves(group, block + HALVES, scales, minima + k / 32 * ROWS + lane);
            }
        }
    }

    /** The binary16 values of 32 rows. */
    static void halves(MemorySegment group, int from, float[] to, int at) {
        for (int r = 0; r < LANES; r += FLOAT_LANES) {
            Lanes.halves(ShortVector.fromMemorySegment(HALF_SHORTS, group, from + 2L * r, ORDER)).intoArray(to, at + r);
        }
    }

    @Override
    int center() {
        return minimum ? 1 << bits - 1 : 0;
    }

    @Override
    boolean hasMinimum() {
        return minimum;
    }

    @Override
    int columnsPerShortSum() {
        return switch (bits) {
            case 4 -> 32;
            case 5 -> 16;
            default -> 0;
        };
    }
}
