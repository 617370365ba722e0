package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.KernelScratch;
import dev.outpost.engine.kernels.MatMulKernel;
import dev.outpost.engine.pack.PackedMatrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One activation row times one packed group of 32 rows, straight from the packed bytes: the form for decode, where a
 * panel would be used once. Loads are spread evenly over the arithmetic, so that memory streams beneath it.
 *
 * <p>16-bit sums widen to ints without leaving their lanes: even rows by two shifts, odd rows by one. Scales come apart
 * in the same way, and rows are put in order once, at the end.
 */
abstract class RowProduct {

    static final int LANES = 32;
    /** Rows up to which this beats a panel. */
    static final int MOST_ROWS = 8;

    private static final float HALF_TO_FLOAT = 0x1p112f;
    private static final int HALF_BITS = 0x8fffe000;

    /**
     * Writes {@code out[to … to + 32)}.
     *
     * @param tmp at least two float vectors of scratch
     */
    abstract void multiply(MemorySegment group, int columns, ActivationRows x, int row, float[] tmp, float[] out,
            int to);

    /** All groups of a task, each with every row in turn while its bytes are near. */
    static void multiply(RowProduct product, ActivationRows x, int firstRow, int n, PackedMatrix weights,
            int firstGroup, int groups, KernelScratch scratch, float[] out) {
        int width = MatMulKernel.width(groups);
        float[] tmp = scratch.scales(2 * FLOAT_LANES);
        for (int group = 0; group < groups; group++) {
            MemorySegment bytes = weights.group(firstGroup + group);
            for (int i = 0; i < n; i++) {
                product.multiply(bytes, weights.columns(), x, firstRow + i, tmp, out, i * width + group * LANES);
            }
        }
    }

    /** Lower halves of ints as signed integers. */
    static IntVector even(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
    }

    /** Upper halves. */
    static IntVector odd(IntVector pairs) {
        return pairs.lanewise(VectorOperators.ASHR, 16);
    }

    static FloatVector evenFloats(ShortVector integers) {
        return (FloatVector) even(integers.reinterpretAsInts()).convert(VectorOperators.I2F, 0);
    }

    static FloatVector oddFloats(ShortVector integers) {
        return (FloatVector) odd(integers.reinterpretAsInts()).convert(VectorOperators.I2F, 0);
    }

    /** Finite binary16 bits in the lower halves; see {@link Lanes#halves}. */
    static FloatVector evenHalves(ShortVector bits) {
        return bits.reinterpretAsInts().lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3)
                .and(HALF_BITS).reinterpretAsFloats().mul(HALF_TO_FLOAT);
    }

    static FloatVector oddHalves(ShortVector bits) {
        return bits.reinterpretAsInts().lanewise(VectorOperators.ASHR, 3).and(HALF_BITS).reinterpretAsFloats()
                .mul(HALF_TO_FLOAT);
    }

    /** Puts even and odd rows in order. */
    static void store(FloatVector even, FloatVector odd, float[] tmp, float[] out, int to) {
        even.intoArray(tmp, 0);
        odd.intoArray(tmp, FLOAT_LANES);
        for (int i = 0; i < FLOAT_LANES; i++) {
            out[to + 2 * i] = tmp[i];
            out[to + 2 * i + 1] = tmp[FLOAT_LANES + i];
        }
    }
}
