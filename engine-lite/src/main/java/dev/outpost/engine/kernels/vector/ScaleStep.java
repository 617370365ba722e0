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

    /** One 16-bit sum of weights that need neither centre nor minimum. */
    static void plain(short[] sums, int from, int rows, float[] scales, int at, ActivationRows x, int first,
            float[] out, int to, int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            for (int i = 0; i < rows; i++) {
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + i * ROWS + r));
                int o = to + i * step + r;
                sum.fma(scale.mul(activationScales[first + i * stride]), FloatVector.fromArray(FLOATS, out, o))
                        .intoArray(out, o);
            }
        }
    }

    /** Two 16-bit sums, the second {@code other} shorts on, without centre or minimum. */
    static void halves(short[] sums, int from, int other, int rows, float[] scales, int at, ActivationRows x, int first,
            float[] out, int to, int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            for (int i = 0; i < rows; i++) {
                int s = from + i * ROWS + r;
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, s))
                        .add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, s + other)));
                int o = to + i * step + r;
                sum.fma(scale.mul(activationScales[first + i * stride]), FloatVector.fromArray(FLOATS, out, o))
                        .intoArray(out, o);
            }
        }
    }

    /** One centred 16-bit sum, raised by the centre's share, and a minimum. */
    static void minimum(short[] sums, int from, int rows, float[] scales, int at, float center, ActivationRows x,
            int first, float[] out, int to, int step) {
        float[] activationScales = x.scales();
        float[] activationSums = x.sums();
        int stride = x.groups();
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            FloatVector minimum = FloatVector.fromArray(FLOATS, scales, Unpacker.MINIMA + at + r);
            for (int i = 0; i < rows; i++) {
                float s = activationScales[first + i * stride];
                float a = activationSums[first + i * stride];
                int o = to + i * step + r;
                FloatVector total = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + i * ROWS + r))
                        .add(center * a).fma(scale.mul(s), FloatVector.fromArray(FLOATS, out, o));
                minimum.fma(FloatVector.broadcast(FLOATS, s * a), total).intoArray(out, o);
            }
        }
    }

    /** Two sums, centre and minimum. */
    static void minimumHalves(short[] sums, int from, int other, int rows, float[] scales, int at, float center,
            ActivationRows x, int first, float[] out, int to, int step) {
        float[] activationScales = x.scales();
        float[] activationSums = x.sums();
        int stride = x.groups();
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            FloatVector minimum = FloatVector.fromArray(FLOATS, scales, Unpacker.MINIMA + at + r);
            for (int i = 0; i < rows; i++) {
                float s = activationScales[first + i * stride];
                float a = activationSums[first + i * stride];
                int q = from + i * ROWS + r;
                int o = to + i * step + r;
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, q))
                        .add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, q + other)));
                FloatVector total = sum.add(center * a).fma(scale.mul(s), FloatVector.fromArray(FLOATS, out, o));
                minimum.fma(FloatVector.broadcast(FLOATS, s * a), total).intoArray(out, o);
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
