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
    static void plain(short[] sums, int rows, float[] scales, int at, ActivationRows x, int first, float[] out, int to,
            int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        for (int i = 0; i < rows; i++) {
            float scale = activationScales[first + i * stride];
            int from = i * ROWS;
            int o = to + i * step;
            for (int r = 0; r < ROWS; r += FLOAT_LANES) {
                Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + r))
                        .fma(FloatVector.fromArray(FLOATS, scales, at + r).mul(scale),
                                FloatVector.fromArray(FLOATS, out, o + r))
                        .intoArray(out, o + r);
            }
        }
    }

    /** Two 16-bit sums, the second {@code other} shorts on, without centre or minimum. */
    static void halves(short[] sums, int other, int rows, float[] scales, int at, ActivationRows x, int first,
            float[] out, int to, int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        for (int i = 0; i < rows; i++) {
            float scale = activationScales[first + i * stride];
            int from = i * ROWS;
            int o = to + i * step;
            for (int r = 0; r < ROWS; r += FLOAT_LANES) {
                Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + r))
                        .add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + other + r)))
                        .fma(FloatVector.fromArray(FLOATS, scales, at + r).mul(scale),
                                FloatVector.fromArray(FLOATS, out, o + r))
                        .intoArray(out, o + r);
            }
        }
    }

    /** One centred 16-bit sum, raised by the centre's share, and a minimum. */
    static void minimum(short[] sums, int rows, float[] scales, int at, float center, ActivationRows x, int first,
            float[] out, int to, int step) {
        float[] activationScales = x.scales();
        float[] activationSums = x.sums();
        int stride = x.groups();
        for (int i = 0; i < rows; i++) {
            float scale = activationScales[first + i * stride];
            float total = activationSums[first + i * stride];
            int from = i * ROWS;
            int o = to + i * step;
            for (int r = 0; r < ROWS; r += FLOAT_LANES) {
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + r)).add(center * total)
                        .fma(FloatVector.fromArray(FLOATS, scales, at + r).mul(scale),
                                FloatVector.fromArray(FLOATS, out, o + r));
                FloatVector.fromArray(FLOATS, scales, Unpacker.MINIMA + at + r)
                        .fma(FloatVector.broadcast(FLOATS, scale * total), sum).intoArray(out, o + r);
            }
        }
    }

    /** Two sums, centre and minimum. */
    static void minimumHalves(short[] sums, int other, int rows, float[] scales, int at, float center,
            ActivationRows x, int first, float[] out, int to, int step) {
        float[] activationScales = x.scales();
        float[] activationSums = x.sums();
        int stride = x.groups();
        for (int i = 0; i < rows; i++) {
            float scale = activationScales[first + i * stride];
            float total = activationSums[first + i * stride];
            int from = i * ROWS;
            int o = to + i * step;
            for (int r = 0; r < ROWS; r += FLOAT_LANES) {
                FloatVector sum = Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + r))
                        .add(Lanes.floats(ShortVector.fromArray(HALF_SHORTS, sums, from + other + r)))
                        .add(center * total)
                        .fma(FloatVector.fromArray(FLOATS, scales, at + r).mul(scale),
                                FloatVector.fromArray(FLOATS, out, o + r));
                FloatVector.fromArray(FLOATS, scales, Unpacker.MINIMA + at + r)
                        .fma(FloatVector.broadcast(FLOATS, scale * total), sum).intoArray(out, o + r);
            }
        }
    }

    /** Float sums {@code [rows][64]}; leaves zeros for the next group. */
    static void floats(float[] sums, int rows, float[] scales, int at, ActivationRows x, int first, float[] out, int to,
            int step) {
        float[] activationScales = x.scales();
        int stride = x.groups();
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < rows; i++) {
            float scale = activationScales[first + i * stride];
            int from = i * ROWS;
            int o = to + i * step;
            for (int r = 0; r < ROWS; r += FLOAT_LANES) {
                FloatVector.fromArray(FLOATS, sums, from + r)
                        .fma(FloatVector.fromArray(FLOATS, scales, at + r).mul(scale),
                                FloatVector.fromArray(FLOATS, out, o + r))
                        .intoArray(out, o + r);
                zero.intoArray(sums, from + r);
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
