package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Tiles in float lanes: integers of any width, whose sums below 2^24 stay exact, and weights that are floats.
 *
 * <pre>
 * panel   float [k][64]            a lane is a row
 * x       float [row][stride]
 * sums    float [row][step]        read and written: chains go on from what is there
 * </pre>
 */
final class FloatTile {

    static final int ROWS = ShortTile.ROWS;

    private FloatTile() {}

    /** A tile of 6, 4, 2 or 1 activation rows by all 64 weight rows. */
    static void sums(int rows, float[] panel, int at, float[] x, int from, int stride, int steps, float[] sums, int to,
            int step) {
        for (int r = 0; r < ROWS; r += 4 * FLOAT_LANES) {
            switch (rows) {
                case 6 -> sum6(panel, at + r, x, from, stride, steps, sums, to + r, step);
                case 4 -> sum4(panel, at + r, x, from, stride, steps, sums, to + r, step);
                case 2 -> sum2(panel, at + r, x, from, stride, steps, sums, to + r, step);
                default -> sum1(panel, at + r, x, from, steps, sums, to + r, step);
            }
        }
    }

    /** 6 activation rows by four vectors of weight rows, {@code steps} columns. */
    static void sum6(float[] panel, int at, float[] x, int x0, int stride, int steps, float[] sums, int to, int step) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, to);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, to + FLOAT_LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, sums, to + 2 * FLOAT_LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, sums, to + 3 * FLOAT_LANES);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, to + step);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, to + step + FLOAT_LANES);
        FloatVector c1 = FloatVector.fromArray(FLOATS, sums, to + step + 2 * FLOAT_LANES);
        FloatVector d1 = FloatVector.fromArray(FLOATS, sums, to + step + 3 * FLOAT_LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step);
        FloatVector b2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step + FLOAT_LANES);
        FloatVector c2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step + 2 * FLOAT_LANES);
        FloatVector d2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step + 3 * FLOAT_LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step);
        FloatVector b3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step + FLOAT_LANES);
        FloatVector c3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step + 2 * FLOAT_LANES);
        FloatVector d3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step + 3 * FLOAT_LANES);
        FloatVector a4 = FloatVector.fromArray(FLOATS, sums, to + 4 * step);
        FloatVector b4 = FloatVector.fromArray(FLOATS, sums, to + 4 * step + FLOAT_LANES);
        FloatVector c4 = FloatVector.fromArray(FLOATS, sums, to + 4 * step + 2 * FLOAT_LANES);
        FloatVector d4 = FloatVector.fromArray(FLOATS, sums, to + 4 * step + 3 * FLOAT_LANES);
        FloatVector a5 = FloatVector.fromArray(FLOATS, sums, to + 5 * step);
        FloatVector b5 = FloatVector.fromArray(FLOATS, sums, to + 5 * step + FLOAT_LANES);
        FloatVector c5 = FloatVector.fromArray(FLOATS, sums, to + 5 * step + 2 * FLOAT_LANES);
        FloatVector d5 = FloatVector.fromArray(FLOATS, sums, to + 5 * step + 3 * FLOAT_LANES);
        int x1 = x0 + stride;
        int x2 = x1 + stride;
        int x3 = x2 + stride;
        int x4 = x3 + stride;
        int x5 = x4 + stride;
        for (int k = 0; k < steps; k++) {
            FloatVector wa = FloatVector.fromArray(FLOATS, panel, at + k * ROWS);
            FloatVector wb = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + FLOAT_LANES);
            FloatVector wc = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 2 * FLOAT_LANES);
            FloatVector wd = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 3 * FLOAT_LANES);
            FloatVector q = FloatVector.broadcast(FLOATS, x[x0 + k]);
            a0 = wa.fma(q, a0);
            b0 = wb.fma(q, b0);
            c0 = wc.fma(q, c0);
            d0 = wd.fma(q, d0);
            q = FloatVector.broadcast(FLOATS, x[x1 + k]);
            a1 = wa.fma(q, a1);
            b1 = wb.fma(q, b1);
            c1 = wc.fma(q, c1);
            d1 = wd.fma(q, d1);
            q = FloatVector.broadcast(FLOATS, x[x2 + k]);
            a2 = wa.fma(q, a2);
            b2 = wb.fma(q, b2);
            c2 = wc.fma(q, c2);
            d2 = wd.fma(q, d2);
            q = FloatVector.broadcast(FLOATS, x[x3 + k]);
            a3 = wa.fma(q, a3);
            b3 = wb.fma(q, b3);
            c3 = wc.fma(q, c3);
            d3 = wd.fma(q, d3);
            q = FloatVector.broadcast(FLOATS, x[x4 + k]);
            a4 = wa.fma(q, a4);
            b4 = wb.fma(q, b4);
            c4 = wc.fma(q, c4);
            d4 = wd.fma(q, d4);
            q = FloatVector.broadcast(FLOATS, x[x5 + k]);
            a5 = wa.fma(q, a5);
            b5 = wb.fma(q, b5);
            c5 = wc.fma(q, c5);
            d5 = wd.fma(q, d5);
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + FLOAT_LANES);
        c0.intoArray(sums, to + 2 * FLOAT_LANES);
        d0.intoArray(sums, to + 3 * FLOAT_LANES);
        a1.intoArray(sums, to + step);
        b1.intoArray(sums, to + step + FLOAT_LANES);
        c1.intoArray(sums, to + step + 2 * FLOAT_LANES);
        d1.intoArray(sums, to + step + 3 * FLOAT_LANES);
        a2.intoArray(sums, to + 2 * step);
        b2.intoArray(sums, to + 2 * step + FLOAT_LANES);
        c2.intoArray(sums, to + 2 * step + 2 * FLOAT_LANES);
        d2.intoArray(sums, to + 2 * step + 3 * FLOAT_LANES);
        a3.intoArray(sums, to + 3 * step);
        b3.intoArray(sums, to + 3 * step + FLOAT_LANES);
        c3.intoArray(sums, to + 3 * step + 2 * FLOAT_LANES);
        d3.intoArray(sums, to + 3 * step + 3 * FLOAT_LANES);
        a4.intoArray(sums, to + 4 * step);
        b4.intoArray(sums, to + 4 * step + FLOAT_LANES);
        c4.intoArray(sums, to + 4 * step + 2 * FLOAT_LANES);
        d4.intoArray(sums, to + 4 * step + 3 * FLOAT_LANES);
        a5.intoArray(sums, to + 5 * step);
        b5.intoArray(sums, to + 5 * step + FLOAT_LANES);
        c5.intoArray(sums, to + 5 * step + 2 * FLOAT_LANES);
        d5.intoArray(sums, to + 5 * step + 3 * FLOAT_LANES);
    }

    /** 4 activation rows by four vectors of weight rows, {@code steps} columns. */
    static void sum4(float[] panel, int at, float[] x, int x0, int stride, int steps, float[] sums, int to, int step) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, to);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, to + FLOAT_LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, sums, to + 2 * FLOAT_LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, sums, to + 3 * FLOAT_LANES);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, to + step);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, to + step + FLOAT_LANES);
        FloatVector c1 = FloatVector.fromArray(FLOATS, sums, to + step + 2 * FLOAT_LANES);
        FloatVector d1 = FloatVector.fromArray(FLOATS, sums, to + step + 3 * FLOAT_LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step);
        FloatVector b2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step + FLOAT_LANES);
        FloatVector c2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step + 2 * FLOAT_LANES);
        FloatVector d2 = FloatVector.fromArray(FLOATS, sums, to + 2 * step + 3 * FLOAT_LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step);
        FloatVector b3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step + FLOAT_LANES);
        FloatVector c3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step + 2 * FLOAT_LANES);
        FloatVector d3 = FloatVector.fromArray(FLOATS, sums, to + 3 * step + 3 * FLOAT_LANES);
        int x1 = x0 + stride;
        int x2 = x1 + stride;
        int x3 = x2 + stride;
        for (int k = 0; k < steps; k++) {
            FloatVector wa = FloatVector.fromArray(FLOATS, panel, at + k * ROWS);
            FloatVector wb = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + FLOAT_LANES);
            FloatVector wc = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 2 * FLOAT_LANES);
            FloatVector wd = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 3 * FLOAT_LANES);
            FloatVector q = FloatVector.broadcast(FLOATS, x[x0 + k]);
            a0 = wa.fma(q, a0);
            b0 = wb.fma(q, b0);
            c0 = wc.fma(q, c0);
            d0 = wd.fma(q, d0);
            q = FloatVector.broadcast(FLOATS, x[x1 + k]);
            a1 = wa.fma(q, a1);
            b1 = wb.fma(q, b1);
            c1 = wc.fma(q, c1);
            d1 = wd.fma(q, d1);
            q = FloatVector.broadcast(FLOATS, x[x2 + k]);
            a2 = wa.fma(q, a2);
            b2 = wb.fma(q, b2);
            c2 = wc.fma(q, c2);
            d2 = wd.fma(q, d2);
            q = FloatVector.broadcast(FLOATS, x[x3 + k]);
            a3 = wa.fma(q, a3);
            b3 = wb.fma(q, b3);
            c3 = wc.fma(q, c3);
            d3 = wd.fma(q, d3);
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + FLOAT_LANES);
        c0.intoArray(sums, to + 2 * FLOAT_LANES);
        d0.intoArray(sums, to + 3 * FLOAT_LANES);
        a1.intoArray(sums, to + step);
        b1.intoArray(sums, to + step + FLOAT_LANES);
        c1.intoArray(sums, to + step + 2 * FLOAT_LANES);
        d1.intoArray(sums, to + step + 3 * FLOAT_LANES);
        a2.intoArray(sums, to + 2 * step);
        b2.intoArray(sums, to + 2 * step + FLOAT_LANES);
        c2.intoArray(sums, to + 2 * step + 2 * FLOAT_LANES);
        d2.intoArray(sums, to + 2 * step + 3 * FLOAT_LANES);
        a3.intoArray(sums, to + 3 * step);
        b3.intoArray(sums, to + 3 * step + FLOAT_LANES);
        c3.intoArray(sums, to + 3 * step + 2 * FLOAT_LANES);
        d3.intoArray(sums, to + 3 * step + 3 * FLOAT_LANES);
    }

    /** 2 activation rows by four vectors of weight rows, {@code steps} columns. */
    static void sum2(float[] panel, int at, float[] x, int x0, int stride, int steps, float[] sums, int to, int step) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, to);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, to + FLOAT_LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, sums, to + 2 * FLOAT_LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, sums, to + 3 * FLOAT_LANES);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, to + step);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, to + step + FLOAT_LANES);
        FloatVector c1 = FloatVector.fromArray(FLOATS, sums, to + step + 2 * FLOAT_LANES);
        FloatVector d1 = FloatVector.fromArray(FLOATS, sums, to + step + 3 * FLOAT_LANES);
        int x1 = x0 + stride;
        for (int k = 0; k < steps; k++) {
            FloatVector wa = FloatVector.fromArray(FLOATS, panel, at + k * ROWS);
            FloatVector wb = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + FLOAT_LANES);
            FloatVector wc = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 2 * FLOAT_LANES);
            FloatVector wd = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 3 * FLOAT_LANES);
            FloatVector q = FloatVector.broadcast(FLOATS, x[x0 + k]);
            a0 = wa.fma(q, a0);
            b0 = wb.fma(q, b0);
            c0 = wc.fma(q, c0);
            d0 = wd.fma(q, d0);
            q = FloatVector.broadcast(FLOATS, x[x1 + k]);
            a1 = wa.fma(q, a1);
            b1 = wb.fma(q, b1);
            c1 = wc.fma(q, c1);
            d1 = wd.fma(q, d1);
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + FLOAT_LANES);
        c0.intoArray(sums, to + 2 * FLOAT_LANES);
        d0.intoArray(sums, to + 3 * FLOAT_LANES);
        a1.intoArray(sums, to + step);
        b1.intoArray(sums, to + step + FLOAT_LANES);
        c1.intoArray(sums, to + step + 2 * FLOAT_LANES);
        d1.intoArray(sums, to + step + 3 * FLOAT_LANES);
    }

    /** 1 activation row by four vectors of weight rows, {@code steps} columns. */
    static void sum1(float[] panel, int at, float[] x, int x0, int steps, float[] sums, int to, int step) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, to);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, to + FLOAT_LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, sums, to + 2 * FLOAT_LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, sums, to + 3 * FLOAT_LANES);
        for (int k = 0; k < steps; k++) {
            FloatVector wa = FloatVector.fromArray(FLOATS, panel, at + k * ROWS);
            FloatVector wb = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + FLOAT_LANES);
            FloatVector wc = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 2 * FLOAT_LANES);
            FloatVector wd = FloatVector.fromArray(FLOATS, panel, at + k * ROWS + 3 * FLOAT_LANES);
            FloatVector q = FloatVector.broadcast(FLOATS, x[x0 + k]);
            a0 = wa.fma(q, a0);
            b0 = wb.fma(q, b0);
            c0 = wc.fma(q, c0);
            d0 = wd.fma(q, d0);
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + FLOAT_LANES);
        c0.intoArray(sums, to + 2 * FLOAT_LANES);
        d0.intoArray(sums, to + 3 * FLOAT_LANES);
    }
}
