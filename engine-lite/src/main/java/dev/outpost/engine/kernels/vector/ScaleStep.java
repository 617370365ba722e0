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
    static void plain(short[] sums, int rows, float[] scales, int at, ActivationRows x, int first,
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

    /** Two 16-bit sums, the second {@code other} shorts on, without centre or minimum. */
    static void halves(short[] sums, int other, int rows, float[] scales, int at, ActivationRows x, int first,
            float[] out, int to, int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        for (int r = 0; r < ROWS; r += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, at + r);
            for (int i = 0; i < rows; i++) {
                int s = i * ROWS + r;
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, s))
                        .add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, s + other)));
                int o = to + i * step + r;
                sum.fma(scale.mul(activationScales[first + i * stride]), FloatVector.fromArray(FLOATS, out, o))
                        .intoArray(out, o);
            }
        }
    }

    /** One centred 16-bit sum, raised by the centre's share, and a minimum. */
    static void minimum(short[] sums, int rows, float[] scales, int at, float center, ActivationRows x,
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
                FloatVector total = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, i * ROWS + r))
                        .add(center * a).fma(scale.mul(s), FloatVector.fromArray(FLOATS, out, o));
                minimum.fma(FloatVector.broadcast(FLOATS, s * a), total).intoArray(out, o);
            }
        }
    }

    /** Two sums, centre and minimum. */
    static void minimumHalves(short[] sums, int other, int rows, float[] scales, int at, float center,
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
                int q = i * ROWS + r;
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

    /**
     * All groups of one activation row and 32 weight rows.
     *
     * @param sums {@code [group][2][32]}; the second is added where {@code two}
     * @param scales {@code [group][64]}
     * @param size columns of a group
     */
    static void row(short[] sums, boolean two, float[] scales, int groups, int size, ActivationRows x, int row,
            float[] out, int to) {
        float[] activationScales = x.scales();
        int first = row * x.groups();
        for (int r = 0; r < 32; r += FLOAT_LANES) {
            FloatVector total = FloatVector.zero(FLOATS);
            for (int g = 0; g < groups; g++) {
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, g * ROWS + r));
                if (two) {
                    sum = sum.add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, g * ROWS + 32 + r)));
                }
                float scale = activationScales[first + g * size / ActivationRows.GROUP];
                total = sum.fma(FloatVector.fromArray(FLOATS, scales, g * ROWS + r).mul(scale), total);
            }
            total.intoArray(out, to + r);
        }
    }

    /** The same for groups of 32 with a centre and, {@code 64 groups} floats beyond the scales, minimums. */
    static void rowWithMinimum(short[] sums, boolean two, float[] scales, int groups, float center, ActivationRows x,
            int row, float[] out, int to) {
        float[] activationScales = x.scales();
        float[] activationSums = x.sums();
        int first = row * x.groups();
        for (int r = 0; r < 32; r += FLOAT_LANES) {
            FloatVector total = FloatVector.zero(FLOATS);
            for (int g = 0; g < groups; g++) {
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, g * ROWS + r));
                if (two) {
                    sum = sum.add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, g * ROWS + 32 + r)));
                }
                float s = activationScales[first + g];
                float a = activationSums[first + g];
                total = sum.add(center * a).fma(FloatVector.fromArray(FLOATS, scales, g * ROWS + r).mul(s), total);
                total = FloatVector.fromArray(FLOATS, scales, (groups + g) * ROWS + r)
                        .fma(FloatVector.broadcast(FLOATS, s * a), total);
            }
            total.intoArray(out, to + r);
        }
    }
}
