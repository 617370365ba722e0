package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.HALF_BYTES;
import static dev.outpost.engine.kernels.vector.Lanes.INTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORT_LANES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Integer sums of one activation row with 32 packed rows, straight from the packed bytes: the form for decode, where a
 * panel would be used once. Loads are spread evenly over the arithmetic, so that memory streams beneath it.
 *
 * <p>Each method takes the segment, byte offsets of its first row lane, the activation's {@code pairs} from
 * {@code from} on, and writes 32 shorts. Vectors never cross a call that might not be inlined.
 */
final class RowSums {

    private static final int LANES = 32;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private RowSums() {}

    /**
     * 32 columns of nibble pairs, column j low and j + 16 high. Starting at {@code start = -8 Σa} centres them, and the
     * sum of 32 then fits 16 bits however it wraps on the way.
     */
    static void nibblePairs(MemorySegment group, int at, int[] pairs, int from, short start, short[] sums, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector low = ShortVector.broadcast(SHORTS, start);
            ShortVector high = ShortVector.zero(SHORTS);
            for (int j = 0; j < 16; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES + r, ORDER));
                ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                ShortVector b = IntVector.broadcast(INTS, pairs[from + j + 16]).reinterpretAsShorts();
                low = low.add(pair.and((short) 15).mul(a));
                high = high.add(pair.lanewise(VectorOperators.LSHR, 4).mul(b));
            }
            low.add(high).intoArray(sums, to + r);
        }
    }

    /** Two groups of 32 columns in the low and the high nibbles of 32 bytes; the second group's sums 64 shorts on. */
    static void nibbleRuns(MemorySegment group, int at, int[] pairs, int from, short lowStart, short highStart,
            short[] sums, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector low = ShortVector.broadcast(SHORTS, lowStart);
            ShortVector high = ShortVector.broadcast(SHORTS, highStart);
            for (int j = 0; j < 32; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES + r, ORDER));
                ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                ShortVector b = IntVector.broadcast(INTS, pairs[from + j + 32]).reinterpretAsShorts();
                low = low.add(pair.and((short) 15).mul(a));
                high = high.add(pair.lanewise(VectorOperators.LSHR, 4).mul(b));
            }
            low.intoArray(sums, to + r);
            high.intoArray(sums, to + 2 * LANES + r);
        }
    }

    /**
     * 32 columns of nibble pairs whose fifth bits lie in four bytes, bit j of byte b for column 8b + j. Around 16: a
     * nibble whose fifth bit is 0 is 16 less. The sums of columns 0 to 15 and, 32 shorts on, of 16 to 31.
     */
    static void fivePairs(MemorySegment group, int at, int bits, int[] pairs, int from, short[] sums, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector low = ShortVector.zero(SHORTS);
            ShortVector high = ShortVector.zero(SHORTS);
            for (int half = 0; half < 2; half++) {
                ShortVector lowMissing = missing(group, bits + half * LANES + r);
                ShortVector highMissing = missing(group, bits + (2 + half) * LANES + r);
                for (int j = half * 8; j < half * 8 + 8; j++) {
                    ShortVector pair = Lanes
                            .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES + r, ORDER));
                    ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                    ShortVector b = IntVector.broadcast(INTS, pairs[from + j + 16]).reinterpretAsShorts();
                    low = low.add(pair.and((short) 15).sub(lowMissing.and((short) 16)).mul(a));
                    high = high.add(pair.lanewise(VectorOperators.LSHR, 4).sub(highMissing.and((short) 16)).mul(b));
                    lowMissing = lowMissing.lanewise(VectorOperators.LSHR, 1);
                    highMissing = highMissing.lanewise(VectorOperators.LSHR, 1);
                }
            }
            low.intoArray(sums, to + r);
            high.intoArray(sums, to + LANES + r);
        }
    }

    /** Fifth bits that are 0, the first of them at the place of a 16. */
    private static ShortVector missing(MemorySegment group, int at) {
        return Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at, ORDER)).not()
                .lanewise(VectorOperators.LSHL, 4);
    }

    /**
     * Sixteen columns of two groups in the low and high nibbles of 16 bytes, with one byte of fifth bits each: bit
     * {@code bit} for the first group, the next one for the second. The second group's sums 64 shorts on.
     */
    static void fiveRuns(MemorySegment group, int at, int bits, int bit, int[] pairs, int from, short[] sums, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector low = ShortVector.zero(SHORTS);
            ShortVector high = ShortVector.zero(SHORTS);
            for (int j = 0; j < 16; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES + r, ORDER));
                ShortVector missing = missing(group, bits + j * LANES + r).lanewise(VectorOperators.LSHR, bit);
                ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                ShortVector b = IntVector.broadcast(INTS, pairs[from + j + 32]).reinterpretAsShorts();
                low = low.add(pair.and((short) 15).sub(missing.and((short) 16)).mul(a));
                high = high.add(pair.lanewise(VectorOperators.LSHR, 4)
                        .sub(missing.lanewise(VectorOperators.LSHR, 1).and((short) 16)).mul(b));
            }
            low.intoArray(sums, to + r);
            high.intoArray(sums, to + 2 * LANES + r);
        }
    }

    /** Eight columns of nibbles with two upper bits each, around 32. */
    static void sixBits(MemorySegment group, int low, int lowShift, int high, int highShift, int[] pairs, int from,
            short[] sums, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector sum = ShortVector.zero(SHORTS);
            for (int j = 0; j < 8; j++) {
                ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                ShortVector nibble = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, low + j * LANES + r, ORDER))
                        .lanewise(VectorOperators.LSHR, lowShift).and((short) 15);
                ShortVector upper = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high + j * LANES + r, ORDER))
                        .lanewise(VectorOperators.LSHR, highShift).and((short) 3)
                        .lanewise(VectorOperators.LSHL, 4);
                sum = sum.add(nibble.or(upper).sub((short) 32).mul(a));
            }
            sum.intoArray(sums, to + r);
        }
    }
}
