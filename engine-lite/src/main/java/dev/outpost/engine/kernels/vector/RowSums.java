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

    /** 32 columns, all low or all high nibbles of their bytes. */
    static void nibbles(MemorySegment group, int at, int shift, int[] pairs, int from, short start, short[] sums,
            int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector sum = ShortVector.broadcast(SHORTS, start);
            for (int j = 0; j < 32; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES + r, ORDER));
                ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                sum = sum.add(pair.lanewise(VectorOperators.LSHR, shift).and((short) 15).mul(a));
            }
            sum.intoArray(sums, to + r);
        }
    }

    /**
     * Eight columns of nibbles with their fifth bits in one byte, bit j for column j, around 16: a nibble whose fifth
     * bit is 0 is 16 less. Adds to what {@code sums} holds where {@code more}.
     */
    static void fiveBits(MemorySegment group, int at, int shift, int high, int[] pairs, int from, boolean more,
            short[] sums, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector sum = more ? ShortVector.fromArray(SHORTS, sums, to + r) : ShortVector.zero(SHORTS);
            ShortVector missing = Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high + r, ORDER))
                    .not().lanewise(VectorOperators.LSHL, 4);
            for (int j = 0; j < 8; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES + r, ORDER));
                ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                ShortVector nibble = pair.lanewise(VectorOperators.LSHR, shift).and((short) 15);
                sum = sum.add(nibble.sub(missing.lanewise(VectorOperators.LSHR, j).and((short) 16)).mul(a));
            }
            sum.intoArray(sums, to + r);
        }
    }

    /** Sixteen columns of nibbles with one byte of fifth bits each, of which bit {@code bit} counts. */
    static void fifthBit(MemorySegment group, int at, int shift, int high, int bit, int[] pairs, int from,
            short[] sums, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            ShortVector sum = ShortVector.zero(SHORTS);
            for (int j = 0; j < 16; j++) {
                ShortVector pair = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES + r, ORDER));
                ShortVector missing = Lanes
                        .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high + j * LANES + r, ORDER)).not()
                        .lanewise(VectorOperators.LSHL, 4).lanewise(VectorOperators.LSHR, bit).and((short) 16);
                ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
                ShortVector nibble = pair.lanewise(VectorOperators.LSHR, shift).and((short) 15);
                sum = sum.add(nibble.sub(missing).mul(a));
            }
            sum.intoArray(sums, to + r);
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
