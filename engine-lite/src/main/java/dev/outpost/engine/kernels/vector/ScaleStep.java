package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_SHORTS;

import dev.outpost.engine.kernels.ActivationRows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;

/**
 * What follows the integer sums of one group: {@code out = fma(sum, weightScale · scale, out)}, then the minimum.
 *
 * <p>All sums here are exact in float: they stay below 2^24.
 */
final class ScaleStep {

    private static final int ROWS = ShortTile.ROWS;

    private ScaleStep() {}

    /** One 16-bit sum for a group of up to four bits. */
    static void shorts(short[] sums, int rows, float[] scales, int at, ActivationRows x, int first,
            float[] out, int to, int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            for (int i = 0; i < rows; i++) {
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, i * ROWS + r));
                int o = to + i * step + r;
                sum.fma(scale.mul(activationScales[first + i * stride]), FloatVector.fromArray(FLOATS, out, o))
                        .intoArray(out, o);
            }
        }
    }

    /** The same with the second half's sums {@code other} shorts on, a centre that was taken off, and a minimum. */
    static void general(short[] sums, int other, int rows, float[] scales, int at, float center, ActivationRows x,
            int first, float[] out, int to, int step) {
        float[] activationScales = x.scales();
        float[] activationSums = x.sums();
        int stride = x.groups();
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            FloatVector minimum = FloatVector.fromArray(FLOATS, scales, Unpacker.MINIMA + at + r);
            for (int i = 0; i < rows; i++) {
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, i * ROWS + r));
                if (other != 0) {
                    sum = sum.add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, other + i * ROWS + r)));
                }
                float s = activationScales[first + i * stride];
                float a = activationSums[first + i * stride];
                int o = to + i * step + r;
                FloatVector total = sum.add(center * a).fma(scale.mul(s), FloatVector.fromArray(FLOATS, out, o));
                if (center != 0) {
                    total = minimum.fma(FloatVector.broadcast(FLOATS, s * a), total);
                }
                total.intoArray(out, o);
            }
        }
    }

    /** Float sums {@code [rows][64]}; leaves zeros for the next group. */
    static void floats(float[] sums, int rows, float[] scales, int at, ActivationRows x, int first, float[] out, int to,
            int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            for (int i = 0; i < rows; i++) {
                FloatVector sum = FloatVector.fromArray(FLOATS, sums, i * ROWS + r);
                zero.intoArray(sums, i * ROWS + r);
                int o = to + i * step + r;
                sum.fma(scale.mul(activationScales[first + i * stride]), FloatVector.fromArray(FLOATS, out, o))
                        .intoArray(out, o);
            }
        }
    }
}
