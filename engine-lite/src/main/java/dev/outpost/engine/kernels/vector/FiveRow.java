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

/**
 * {@link RowProduct} of Q5_0 and Q5_1: 16 products of integers around 16 fit 16 bits. A nibble whose fifth bit is 0 is
 * 16 less; so the inverted fifth bits are subtracted.
 */
final class FiveRow extends RowProduct {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final boolean minimum;

    FiveRow(boolean minimum) {
        this.minimum = minimum;
    }

    @Override
    void multiply(MemorySegment group, int columns, ActivationRows x, int row, float[] tmp, float[] out, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            blocks(group, columns / 32, r, x, row, minimum, tmp, out, to + r);
        }
    }

    private static void blocks(MemorySegment group, int blocks, int r, ActivationRows x, int row, boolean minimum,
            float[] tmp, float[] out, int to) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int blockBytes = minimum ? 24 * LANES : 22 * LANES;
        for (int b = 0; b < blocks; b++) {
            int base = b * blockBytes + 2 * r;
            int at = b * blockBytes + (minimum ? 4 * LANES : 2 * LANES) + r;
            int from = row * x.stride() + b * 32;
            ShortVector first = sum(group, at, at + 4 * LANES, 0, x.pairs(), from)
                    .add(sum(group, at + LANES, at + 12 * LANES, 0, x.pairs(), from + 8));
            ShortVector second = sum(group, at + 2 * LANES, at + 4 * LANES, 4, x.pairs(), from + 16)
                    .add(sum(group, at + 3 * LANES, at + 12 * LANES, 4, x.pairs(), from + 24));
            float scale = x.scales()[row * x.groups() + b];
            float total = x.sums()[row * x.groups() + b];
            float center = minimum ? 16 * total : 0;
            ShortVector d = ShortVector.fromMemorySegment(SHORTS, group, base, ORDER);
            even = evenFloats(first).add(evenFloats(second)).add(center).fma(evenHalves(d).mul(scale), even);
            odd = oddFloats(first).add(oddFloats(second)).add(center).fma(oddHalves(d).mul(scale), odd);
            if (minimum) {
                ShortVector m = ShortVector.fromMemorySegment(SHORTS, group, base + 2 * LANES, ORDER);
                FloatVector share = FloatVector.broadcast(FLOATS, scale * total);
                even = evenHalves(m).fma(share, even);
                odd = oddHalves(m).fma(share, odd);
            }
        }
        store(even, odd, tmp, out, to);
    }

    /** Eight columns: nibbles of eight bytes from {@code at}, their fifth bits in one byte at {@code high}. */
    private static ShortVector sum(MemorySegment group, int high, int at, int shift, int[] pairs, int from) {
        ShortVector missing = Lanes.unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, high, ORDER)).not()
                .lanewise(VectorOperators.LSHL, 4);
        ShortVector sum = ShortVector.zero(SHORTS);
        for (int j = 0; j < 8; j++) {
            ShortVector pair = Lanes
                    .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES, ORDER));
            ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
            ShortVector nibble = pair.lanewise(VectorOperators.LSHR, shift).and((short) 15);
            sum = sum.add(nibble.sub(missing.lanewise(VectorOperators.LSHR, j).and((short) 16)).mul(a));
        }
        return sum;
    }
}
