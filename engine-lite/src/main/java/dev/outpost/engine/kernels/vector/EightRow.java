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

/** {@link RowProduct} of Q8_0: two products fit 16 bits (2 · 128 · 127), then they widen. */
final class EightRow extends RowProduct {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int BLOCK = 34 * LANES;

    @Override
    void multiply(MemorySegment group, int columns, ActivationRows x, int row, float[] tmp, float[] out, int to) {
        for (int r = 0; r < LANES; r += SHORT_LANES) {
            blocks(group, columns / 32, r, x, row, tmp, out, to + r);
        }
    }

    private static void blocks(MemorySegment group, int blocks, int r, ActivationRows x, int row, float[] tmp,
            float[] out, int to) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int[] pairs = x.pairs();
        for (int b = 0; b < blocks; b++) {
            int at = b * BLOCK + 2 * LANES + r;
            int from = row * x.stride() + b * 32;
            IntVector evenSum = IntVector.zero(INTS);
            IntVector oddSum = evenSum;
            for (int j = 0; j < 32; j += 2) {
                ShortVector first = product(group, at + j * LANES, pairs[from + j]);
                ShortVector second = product(group, at + (j + 1) * LANES, pairs[from + j + 1]);
                IntVector both = first.add(second).reinterpretAsInts();
                evenSum = evenSum.add(even(both));
                oddSum = oddSum.add(odd(both));
            }
            float scale = x.scales()[row * x.groups() + b];
            ShortVector d = ShortVector.fromMemorySegment(SHORTS, group, b * BLOCK + 2 * r, ORDER);
            even = ((FloatVector) evenSum.convert(VectorOperators.I2F, 0)).fma(evenHalves(d).mul(scale), even);
            odd = ((FloatVector) oddSum.convert(VectorOperators.I2F, 0)).fma(oddHalves(d).mul(scale), odd);
        }
        store(even, odd, tmp, out, to);
    }

    private static ShortVector product(MemorySegment group, int at, int pair) {
        return Lanes.signed(ByteVector.fromMemorySegment(HALF_BYTES, group, at, ORDER))
                .mul(IntVector.broadcast(INTS, pair).reinterpretAsShorts());
    }
}
