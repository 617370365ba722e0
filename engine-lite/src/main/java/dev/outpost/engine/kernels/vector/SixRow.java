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

/** {@link RowProduct} of Q6_K: eight products (8 · 32 · 127) fit 16 bits. Layout in {@link SixBitUnpacker}. */
final class SixRow extends RowProduct {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int BLOCK = 210 * LANES;
    private static final int SCALES = 2 * LANES;
    private static final int LOW = SCALES + 16 * LANES;
    private static final int HIGH = LOW + 128 * LANES;

    @Override
    void multiply(MemorySegment group, int columns, ActivationRows x, int row, float[] tmp, float[] out, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            groups(group, columns / 16, r, x, row, tmp, out, to + r);
        }
    }

    private static void groups(MemorySegment group, int groups, int r, ActivationRows x, int row, float[] tmp,
            float[] out, int to) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        for (int g = 0; g < groups; g++) {
            int block = g / 16 * BLOCK;
            int run = g % 16 / 2;
            int within = (g & 1) * 16;
            int low = block + LOW + (run / 4 * 64 + (run & 1) * 32 + within) * LANES + r;
            int high = block + HIGH + (run / 4 * 32 + within) * LANES + r;
            int from = row * x.stride() + g * 16;
            ShortVector first = sum(group, low, (run & 2) * 2, high, (run & 3) * 2, x.pairs(), from);
            ShortVector second = sum(group, low + 8 * LANES, (run & 2) * 2, high + 8 * LANES, (run & 3) * 2, x.pairs(),
                    from + 8);
            float scale = x.scales()[row * x.groups() + g / 2];
            ShortVector d = ShortVector.fromMemorySegment(SHORTS, group, block + 2 * r, ORDER);
            ShortVector s = Lanes.signed(
                    ByteVector.fromMemorySegment(HALF_BYTES, group, block + SCALES + g % 16 * LANES + r, ORDER));
            even = evenFloats(first).add(evenFloats(second)).fma(evenHalves(d).mul(evenFloats(s)).mul(scale), even);
            odd = oddFloats(first).add(oddFloats(second)).fma(oddHalves(d).mul(oddFloats(s)).mul(scale), odd);
        }
        store(even, odd, tmp, out, to);
    }

    private static ShortVector sum(MemorySegment group, int low, int lowShift, int high, int highShift, int[] pairs,
            int from) {
        ShortVector sum = ShortVector.zero(SHORTS);
        for (int j = 0; j < 8; j++) {
            ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
            ShortVector nibble = Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, low + j * LANES, ORDER))
                    .lanewise(VectorOperators.LSHR, lowShift).and((short) 15);
            ShortVector upper = Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high + j * LANES, ORDER))
                    .lanewise(VectorOperators.LSHR, highShift).and((short) 3).lanewise(VectorOperators.LSHL, 4);
            sum = sum.add(nibble.or(upper).sub((short) 32).mul(a));
        }
        return sum;
    }
}
