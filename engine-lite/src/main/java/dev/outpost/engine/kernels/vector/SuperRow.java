package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_BYTES;
import static dev.outpost.engine.kernels.vector.Lanes.INTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORT_LANES;

import dev.outpost.engine.kernels.ActivationRows;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** {@link RowProduct} of Q4_K and Q5_K; layout in {@link SuperBlockUnpacker}. */
final class SuperRow extends RowProduct {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int SIX_BITS = 4 * LANES;
    private static final int AFTER_SCALES = 16 * LANES;

    private final boolean five;

    SuperRow(boolean five) {
        this.five = five;
    }

    @Override
    void multiply(MemorySegment group, int columns, ActivationRows x, int row, float[] tmp, float[] out, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            blocks(group, columns / 32, r, x, row, five, tmp, out, to + r);
        }
    }

    private static void blocks(MemorySegment group, int groups, int r, ActivationRows x, int row, boolean five,
            float[] tmp, float[] out, int to) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int blockBytes = (five ? 176 : 144) * LANES;
        for (int g = 0; g < groups; g++) {
            int block = g / 8 * blockBytes;
            int from = row * x.stride() + g * 32;
            float scale = x.scales()[row * x.groups() + g];
            float total = x.sums()[row * x.groups() + g];
            int run = block + AFTER_SCALES + (five ? 32 * LANES : 0) + g % 8 / 2 * 32 * LANES + r;
            ShortVector first;
            ShortVector second;
            if (five) {
                int high = block + AFTER_SCALES + r;
                first = fives(group, run, (g & 1) * 4, high, g % 8, x.pairs(), from);
                second = fives(group, run + 16 * LANES, (g & 1) * 4, high + 16 * LANES, g % 8, x.pairs(), from + 16);
            } else {
                first = nibbles(group, run, (g & 1) * 4, x.pairs(), from, (short) (-8 * (int) total));
                second = ShortVector.zero(SHORTS);
            }
            float center = (five ? 16 : 8) * total;
            ShortVector d = ShortVector.fromMemorySegment(SHORTS, group, block + 2 * r, ORDER);
            ShortVector s = scaleBits(group, block + SIX_BITS + r, g % 8);
            FloatVector evenSum = evenFloats(first).add(evenFloats(second)).add(center);
            FloatVector oddSum = oddFloats(first).add(oddFloats(second)).add(center);
            even = evenSum.fma(evenHalves(d).mul(evenFloats(s)).mul(scale), even);
            odd = oddSum.fma(oddHalves(d).mul(oddFloats(s)).mul(scale), odd);
            ShortVector dmin = ShortVector.fromMemorySegment(SHORTS, group, block + 2 * LANES + 2 * r, ORDER);
            ShortVector m = minimumBits(group, block + SIX_BITS + r, g % 8);
            FloatVector share = FloatVector.broadcast(FLOATS, -(scale * total));
            even = evenHalves(dmin).mul(evenFloats(m)).fma(share, even);
            odd = oddHalves(dmin).mul(oddFloats(m)).fma(share, odd);
        }
        store(even, odd, tmp, out, to);
    }

    private static ShortVector bytes(MemorySegment group, int at) {
        return Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at, ORDER));
    }

    private static ShortVector scaleBits(MemorySegment group, int six, int g) {
        ShortVector upper = bytes(group, six + (g & 3) * LANES);
        if (g < 4) {
            return upper.and((short) 63);
        }
        return upper.lanewise(VectorOperators.LSHR, 6).lanewise(VectorOperators.LSHL, 4)
                .or(bytes(group, six + (g + 4) * LANES).and((short) 15));
    }

    private static ShortVector minimumBits(MemorySegment group, int six, int g) {
        ShortVector upper = bytes(group, six + (4 + (g & 3)) * LANES);
        if (g < 4) {
            return upper.and((short) 63);
        }
        return upper.lanewise(VectorOperators.LSHR, 6).lanewise(VectorOperators.LSHL, 4)
                .or(bytes(group, six + (g + 4) * LANES).lanewise(VectorOperators.LSHR, 4));
    }

    private static ShortVector nibbles(MemorySegment group, int at, int shift, int[] pairs, int from, short start) {
        ShortVector sum = ShortVector.broadcast(SHORTS, start);
        for (int j = 0; j < 32; j++) {
            ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
            ShortVector nibble = bytes(group, at + j * LANES).lanewise(VectorOperators.LSHR, shift).and((short) 15);
            sum = sum.add(nibble.mul(a));
        }
        return sum;
    }

    /** Sixteen columns around 16. */
    private static ShortVector fives(MemorySegment group, int at, int shift, int high, int bit, int[] pairs,
            int from) {
        ShortVector sum = ShortVector.zero(SHORTS);
        for (int j = 0; j < 16; j++) {
            ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
            ShortVector nibble = bytes(group, at + j * LANES).lanewise(VectorOperators.LSHR, shift).and((short) 15);
            ShortVector missing = bytes(group, high + j * LANES).not().lanewise(VectorOperators.LSHL, 4)
                    .lanewise(VectorOperators.LSHR, bit).and((short) 16);
            sum = sum.add(nibble.sub(missing).mul(a));
        }
        return sum;
    }
}
