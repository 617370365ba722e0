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

/** {@link RowProduct} of Q4_0 and Q4_1: sums start at -8 Σa, so the nibbles need no centring and 32 products fit. */
final class NibbleRow extends RowProduct {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final boolean minimum;

    NibbleRow(boolean minimum) {
        this.minimum = minimum;
    }

    @Override
    void multiply(MemorySegment group, int columns, ActivationRows x, int row, float[] tmp, float[] out, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            if (minimum) {
                withMinimum(group, columns / 32, r, x, row, tmp, out, to + r);
            } else {
                plain(group, columns / 32, r, x, row, tmp, out, to + r);
            }
        }
    }

    private static void plain(MemorySegment group, int blocks, int r, ActivationRows x, int row, float[] tmp,
            float[] out, int to) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int[] pairs = x.pairs();
        for (int b = 0; b < blocks; b++) {
            int base = b * 18 * LANES + r;
            float scale = x.scales()[row * x.groups() + b];
            ShortVector sum = sum(group, base + 2 * LANES, pairs, row * x.stride() + b * 32,
                    (short) (-8 * (int) x.sums()[row * x.groups() + b]));
            ShortVector d = ShortVector.fromMemorySegment(SHORTS, group, base + r, ORDER);
            even = evenFloats(sum).fma(evenHalves(d).mul(scale), even);
            odd = oddFloats(sum).fma(oddHalves(d).mul(scale), odd);
        }
        store(even, odd, tmp, out, to);
    }

    private static void withMinimum(MemorySegment group, int blocks, int r, ActivationRows x, int row, float[] tmp,
            float[] out, int to) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int[] pairs = x.pairs();
        for (int b = 0; b < blocks; b++) {
            int base = b * 20 * LANES + r;
            float scale = x.scales()[row * x.groups() + b];
            float total = x.sums()[row * x.groups() + b];
            ShortVector sum = sum(group, base + 4 * LANES, pairs, row * x.stride() + b * 32,
                    (short) (-8 * (int) total));
            ShortVector d = ShortVector.fromMemorySegment(SHORTS, group, base + r, ORDER);
            ShortVector m = ShortVector.fromMemorySegment(SHORTS, group, base + r + 2 * LANES, ORDER);
            even = evenFloats(sum).add(8 * total).fma(evenHalves(d).mul(scale), even);
            odd = oddFloats(sum).add(8 * total).fma(oddHalves(d).mul(scale), odd);
            FloatVector share = FloatVector.broadcast(FLOATS, scale * total);
            even = evenHalves(m).fma(share, even);
            odd = oddHalves(m).fma(share, odd);
        }
        store(even, odd, tmp, out, to);
    }

    private static ShortVector sum(MemorySegment group, int at, int[] pairs, int from, short start) {
        ShortVector low = ShortVector.broadcast(SHORTS, start);
        ShortVector high = ShortVector.zero(SHORTS);
        for (int j = 0; j < 16; j++) {
            ShortVector pair = Lanes
                    .unsigned(ByteVector.fromMemorySegment(HALF_BYTES, group, at + j * LANES, ORDER));
            ShortVector a = IntVector.broadcast(INTS, pairs[from + j]).reinterpretAsShorts();
            ShortVector b = IntVector.broadcast(INTS, pairs[from + j + 16]).reinterpretAsShorts();
            low = low.add(pair.and((short) 15).mul(a));
            high = high.add(pair.lanewise(VectorOperators.LSHR, 4).mul(b));
        }
        return low.add(high);
    }
}
