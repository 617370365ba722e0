package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.INTS;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.Exponential;
import dev.outpost.engine.kernels.PartialSums;
import dev.outpost.engine.kernels.RopeAngles;
import dev.outpost.engine.kernels.RowKernels;
import dev.outpost.engine.kernels.scalar.ScalarRows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** Norm, quantisation, activation, rotation; what does not fill a vector is done as the scalar tier does it. */
final class VectorRows implements RowKernels {

    private static final int GROUP = ActivationRows.GROUP;
    private static final int PARTS = PartialSums.COUNT;
    /** Lanes 0 0 1 1 2 2 … */
    private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(FLOATS, i -> i / 2);
    /** Lanes 1 0 3 2 … */
    private static final VectorShuffle<Float> SWAPPED = VectorShuffle.fromOp(FLOATS, i -> i ^ 1);
    /** The sign bit in every even lane. */
    private static final IntVector EVEN_SIGNS = IntVector.broadcast(INTS, 0).blend(Integer.MIN_VALUE,
            jdk.incubator.vector.VectorMask.fromLong(INTS, 0x5555555555555555L));

    private final ScalarRows scalar = new ScalarRows();

    @Override
    public void rmsNorm(float[] x, int first, int end, int width, float[] weight, float epsilon, float[] out) {
        float[] partial = new float[PARTS];
        for (int row = first; row < end; row++) {
            squares(x, row * width, width, partial);
            float scale = 1f / (float) Math.sqrt(PartialSums.total(partial, 0) / width + epsilon);
            scaled(x, row * width, width, weight, scale, out);
        }
    }

    private static void squares(float[] x, int at, int width, float[] partial) {
        int whole = width / PARTS * PARTS;
        for (int part = 0; part < PARTS; part += FLOAT_LANES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = part; i < whole; i += PARTS) {
                FloatVector value = FloatVector.fromArray(FLOATS, x, at + i);
                sum = value.fma(value, sum);
            }
            sum.intoArray(partial, part);
        }
        for (int i = whole; i < width; i++) {
            partial[i - whole] = Math.fma(x[at + i], x[at + i], partial[i - whole]);
        }
    }

    private static void scaled(float[] x, int at, int width, float[] weight, float scale, float[] out) {
        int i = 0;
        for (; i <= width - FLOAT_LANES; i += FLOAT_LANES) {
            FloatVector.fromArray(FLOATS, x, at + i).mul(scale).mul(FloatVector.fromArray(FLOATS, weight, i))
                    .intoArray(out, at + i);
        }
        for (; i < width; i++) {
            out[at + i] = x[at + i] * scale * weight[i];
        }
    }

    @Override
    public void quantise(ActivationRows x, int first, int end) {
        int whole = x.columns() / GROUP;
        float[] products = new float[PARTS];
        for (int row = first; row < end; row++) {
            for (int group = 0; group < whole; group++) {
                int from = row * x.columns() + group * GROUP;
                float maximum = maximum(x.rows(), from);
                boolean zero = maximum < ScalarRows.SMALLEST_MAXIMUM;
                float inverse = zero ? 0f : 127f / maximum;
                int at = row * x.groups() + group;
                int to = row * x.stride() + group * GROUP;
                x.sums()[at] = round(x.rows(), from, inverse, x.quants(), x.pairs(), to);
                float fit = fit(x.rows(), from, inverse, x.quants(), to, products);
                x.scales()[at] = zero ? 0f : maximum / 127f * fit;
            }
            if (whole < x.groups()) {
                ScalarRows.quantiseGroup(x, row, whole);
            }
        }
    }

    /** Largest magnitude, by its bits: a NaN is larger than all. */
    private static float maximum(float[] x, int from) {
        IntVector maximum = IntVector.zero(INTS);
        for (int i = 0; i < GROUP; i += FLOAT_LANES) {
            maximum = maximum
                    .max(FloatVector.fromArray(FLOATS, x, from + i).reinterpretAsInts().and(Integer.MAX_VALUE));
        }
        return Float.intBitsToFloat(maximum.reduceLanes(VectorOperators.MAX));
    }

    /** Writes a group's integers in both forms; returns their sum. */
    private static int round(float[] x, int from, float inverse, float[] quants, int[] pairs, int to) {
        IntVector sum = IntVector.zero(INTS);
        for (int i = 0; i < GROUP; i += FLOAT_LANES) {
            FloatVector rounded = FloatVector.fromArray(FLOATS, x, from + i).mul(inverse).add(Exponential.ROUNDER)
                    .sub(Exponential.ROUNDER);
            IntVector integers = (IntVector) rounded.convert(VectorOperators.F2I, 0);
            ((FloatVector) integers.convert(VectorOperators.I2F, 0)).intoArray(quants, to + i);
            integers.and(0xffff).or(integers.lanewise(VectorOperators.LSHL, 16)).intoArray(pairs, to + i);
            sum = sum.add(integers);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** The factor on a group's scale that makes its squared error least: sum of value times integer, over squares. */
    private static float fit(float[] x, int from, float inverse, float[] quants, int to, float[] products) {
        FloatVector squares = FloatVector.zero(FLOATS);
        for (int part = 0; part < PARTS; part += FLOAT_LANES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = part; i < GROUP; i += PARTS) {
                FloatVector quant = FloatVector.fromArray(FLOATS, quants, to + i);
                sum = FloatVector.fromArray(FLOATS, x, from + i).mul(inverse).fma(quant, sum);
                squares = quant.fma(quant, squares);
            }
            sum.intoArray(products, part);
        }
        // Integers below 2^24: exact in any order.
        return PartialSums.total(products, 0) / squares.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void addBias(float[] x, int n, int width, float[] bias) {
        scalar.addBias(x, n, width, bias);
    }

    @Override
    public void add(float[] x, float[] y, int first, int end) {
        int i = first;
        for (; i <= end - FLOAT_LANES; i += FLOAT_LANES) {
            FloatVector.fromArray(FLOATS, x, i).add(FloatVector.fromArray(FLOATS, y, i)).intoArray(x, i);
        }
        scalar.add(x, y, i, end);
    }

    @Override
    public void swiglu(float[] gate, float[] up, int first, int end) {
        int i = first;
        for (; i <= end - FLOAT_LANES; i += FLOAT_LANES) {
            FloatVector value = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector divisor = VectorExponential.of(value.neg()).add(1f);
            value.div(divisor).mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
        }
        scalar.swiglu(gate, up, i, end);
    }

    @Override
    public void rope(float[] x, int first, int end, int heads, int headDim, int[] positions, RopeAngles table,
            boolean neox) {
        int pairs = table.pairs();
        boolean fits = (neox ? pairs : 2 * pairs) % FLOAT_LANES == 0;
        for (int row = first; row < end; row++) {
            int angles = positions[row] * pairs;
            if (!fits || angles + pairs + FLOAT_LANES > table.cosines().length) {
                scalar.rope(x, row, row + 1, heads, headDim, positions, table, neox);
                continue;
            }
            for (int head = 0; head < heads; head++) {
                int at = (row * heads + head) * headDim;
                if (neox) {
                    rotateApart(x, at, pairs, table.cosines(), table.sines(), angles);
                } else {
                    rotateAdjacent(x, at, pairs, table.cosines(), table.sines(), angles);
                }
            }
        }
    }

    private static void rotateApart(float[] x, int at, int pairs, float[] cosines, float[] sines, int angles) {
        for (int pair = 0; pair < pairs; pair += FLOAT_LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, x, at + pair);
            FloatVector b = FloatVector.fromArray(FLOATS, x, at + pairs + pair);
            FloatVector cosine = FloatVector.fromArray(FLOATS, cosines, angles + pair);
            FloatVector sine = FloatVector.fromArray(FLOATS, sines, angles + pair);
            a.fma(cosine, b.mul(sine).neg()).intoArray(x, at + pair);
            b.fma(cosine, a.mul(sine)).intoArray(x, at + pairs + pair);
        }
    }

    private static void rotateAdjacent(float[] x, int at, int pairs, float[] cosines, float[] sines, int angles) {
        for (int i = 0; i < 2 * pairs; i += FLOAT_LANES) {
            FloatVector value = FloatVector.fromArray(FLOATS, x, at + i);
            FloatVector cosine = FloatVector.fromArray(FLOATS, cosines, angles + i / 2).rearrange(TWICE);
            FloatVector sine = FloatVector.fromArray(FLOATS, sines, angles + i / 2).rearrange(TWICE);
            FloatVector crossed = value.rearrange(SWAPPED).mul(sine);
            FloatVector signed = crossed.reinterpretAsInts().lanewise(VectorOperators.XOR, EVEN_SIGNS)
                    .reinterpretAsFloats();
            value.fma(cosine, signed).intoArray(x, at + i);
        }
    }
}
