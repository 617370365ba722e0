package dev.outpost.engine.kernels.scalar;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.Exponential;
import dev.outpost.engine.kernels.PartialSums;
import dev.outpost.engine.kernels.RopeAngles;
import dev.outpost.engine.kernels.RowKernels;

/** Norm, quantisation, activation, rotation: one element after another. */
public final class ScalarRows implements RowKernels {

    /** Below this a group is taken as zero: its inverse scale would not be finite. */
    public static final float SMALLEST_MAXIMUM = 1e-30f;

    private static final int GROUP = ActivationRows.GROUP;

    @Override
    public void rmsNorm(float[] x, int first, int end, int width, float[] weight, float epsilon, float[] out) {
        float[] partial = new float[PartialSums.COUNT];
        for (int row = first; row < end; row++) {
            int at = row * width;
            java.util.Arrays.fill(partial, 0f);
            for (int i = 0; i < width; i++) {
                int lane = i % PartialSums.COUNT;
                partial[lane] = Math.fma(x[at + i], x[at + i], partial[lane]);
            }
            float scale = 1f / (float) Math.sqrt(PartialSums.total(partial, 0) / width + epsilon);
            for (int i = 0; i < width; i++) {
                out[at + i] = x[at + i] * scale * weight[i];
            }
        }
    }

    @Override
    public void quantise(ActivationRows x, int first, int end) {
        for (int row = first; row < end; row++) {
            for (int group = 0; group < x.groups(); group++) {
                quantiseGroup(x, row, group);
            }
        }
    }

    /** Quantises one group of a row, which may be the shorter last one. */
    public static void quantiseGroup(ActivationRows x, int row, int group) {
        int from = row * x.columns() + group * GROUP;
        int present = Math.min(GROUP, x.columns() - group * GROUP);
        int maximumBits = 0;
        for (int i = 0; i < present; i++) {
            maximumBits = Math.max(maximumBits, Float.floatToRawIntBits(x.rows()[from + i]) & 0x7fffffff);
        }
        float maximum = Float.intBitsToFloat(maximumBits);
        float inverse = maximum < SMALLEST_MAXIMUM ? 0f : 127f / maximum;
        int sum = 0;
        int squares = 0;
        float[] products = new float[PartialSums.COUNT];
        int to = row * x.stride() + group * GROUP;
        for (int i = 0; i < GROUP; i++) {
            float scaled = i < present ? x.rows()[from + i] * inverse : 0f;
            int quant = (int) Math.rint(scaled);
            x.quants()[to + i] = quant;
            x.pairs()[to + i] = (quant & 0xffff) * 0x10001;
            sum += quant;
            squares += quant * quant;
            int lane = i % PartialSums.COUNT;
            products[lane] = Math.fma(scaled, quant, products[lane]);
        }
        float fit = PartialSums.total(products, 0) / squares;
        x.scales()[row * x.groups() + group] = maximum < SMALLEST_MAXIMUM ? 0f : maximum / 127f * fit;
        x.sums()[row * x.groups() + group] = sum;
    }

    @Override
    public void addBias(float[] x, int n, int width, float[] bias) {
        for (int row = 0; row < n; row++) {
            for (int i = 0; i < width; i++) {
                x[row * width + i] += bias[i];
            }
        }
    }

    @Override
    public void add(float[] x, float[] y, int first, int end) {
        for (int i = first; i < end; i++) {
            x[i] += y[i];
        }
    }

    @Override
    public void swiglu(float[] gate, float[] up, int first, int end) {
        for (int i = first; i < end; i++) {
            gate[i] = gate[i] / (1f + Exponential.of(-gate[i])) * up[i];
        }
    }

    @Override
    public void rope(float[] x, int first, int end, int heads, int headDim, int[] positions, RopeAngles table,
            boolean neox) {
        int pairs = table.pairs();
        for (int row = first; row < end; row++) {
            int angles = positions[row] * pairs;
            for (int head = 0; head < heads; head++) {
                int at = (row * heads + head) * headDim;
                for (int pair = 0; pair < pairs; pair++) {
                    int even = neox ? at + pair : at + 2 * pair;
                    int odd = neox ? even + pairs : even + 1;
                    rotate(x, even, odd, table.cosines()[angles + pair], table.sines()[angles + pair]);
                }
            }
        }
    }

    private static void rotate(float[] x, int even, int odd, float cosine, float sine) {
        float a = x[even];
        float b = x[odd];
        x[even] = Math.fma(a, cosine, -(b * sine));
        x[odd] = Math.fma(b, cosine, a * sine);
    }
}
