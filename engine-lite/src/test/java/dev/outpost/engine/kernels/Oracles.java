package dev.outpost.engine.kernels;

import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;

/**
 * The formulas again, in double, and how far a kernel may be from each. Tolerances live here alone; tiers among
 * themselves are compared bit for bit.
 */
final class Oracles {

    /** Activations rounded to 8 bit: below 1 % of the sum of absolute products, however small the sum itself. */
    static final double INT8_SHARE = 0.01;
    /** A chain of single-precision additions over a row of a few hundred values. */
    static final double FLOAT_SHARE = 2e-5;
    /** The exponential's polynomial: 2 units in the last place. */
    static final double EXPONENTIAL_SHARE = 3e-7;

    private Oracles() {}

    /** Weights {@code [rows, columns]} as the format decodes them. */
    static float[] decode(QuantType type, MemorySegment source, int rows, int columns) {
        float[] weights = new float[rows * columns];
        type.decode(source, 0, weights, 0, weights.length);
        return weights;
    }

    /** {@code {value, sum of absolute products}}. */
    static double[] dot(float[] x, int xAt, float[] w, int wAt, int count) {
        double sum = 0;
        double absolute = 0;
        for (int i = 0; i < count; i++) {
            sum += (double) x[xAt + i] * w[wAt + i];
            absolute += Math.abs((double) x[xAt + i] * w[wAt + i]);
        }
        return new double[]{sum, absolute};
    }

    static double[] rmsNorm(float[] x, int at, int width, float[] weight, double epsilon) {
        double squares = 0;
        for (int i = 0; i < width; i++) {
            squares += (double) x[at + i] * x[at + i];
        }
        double[] out = new double[width];
        for (int i = 0; i < width; i++) {
            out[i] = x[at + i] / Math.sqrt(squares / width + epsilon) * weight[i];
        }
        return out;
    }

    static double swiglu(float gate, float up) {
        return gate / (1 + Math.exp(-gate)) * up;
    }

    /** One query against {@code keys} rows of {@code k} and {@code v [tokens, headDim]}. */
    static double[] attention(float[] q, int at, float[][] k, float[][] v, int kvAt, int keys, int headDim,
            double scale) {
        double[] scores = new double[keys];
        double maximum = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < keys; t++) {
            for (int d = 0; d < headDim; d++) {
                scores[t] += (double) q[at + d] * k[t][kvAt + d] * scale;
            }
            maximum = Math.max(maximum, scores[t]);
        }
        double total = 0;
        double[] out = new double[headDim];
        for (int t = 0; t < keys; t++) {
            double weight = Math.exp(scores[t] - maximum);
            total += weight;
            for (int d = 0; d < headDim; d++) {
                out[d] += weight * v[t][kvAt + d];
            }
        }
        for (int d = 0; d < headDim; d++) {
            out[d] /= total;
        }
        return out;
    }
}
