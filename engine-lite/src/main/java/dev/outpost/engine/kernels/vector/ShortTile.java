package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.INTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORTS;
import static dev.outpost.engine.kernels.vector.Lanes.SHORT_LANES;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Tiles in 16-bit lanes, for weights of up to five bits: twice the lanes of a float tile, and sums that stay exact.
 *
 * <pre>
 * panel   short [k][64]                weights around zero; a lane is a row
 * x       int [row][stride]            an activation integer in both halves of each int
 * sums    short [6][64]                |weight| · 127 · steps must stay below 2^15: 32 steps at 4 bit, 16 at 5
 * </pre>
 */
final class ShortTile {

    static final int ROWS = 64;

    private ShortTile() {}

    /** 6 activation rows by two vectors of weight rows, {@code steps} columns. */
    static void sum6(short[] panel, int at, int[] x, int x0, int stride, int steps, short[] sums, int to) {
        ShortVector a0 = ShortVector.zero(SHORTS);
        ShortVector b0 = a0;
        ShortVector a1 = ShortVector.zero(SHORTS);
        ShortVector b1 = a1;
        ShortVector a2 = ShortVector.zero(SHORTS);
        ShortVector b2 = a2;
        ShortVector a3 = ShortVector.zero(SHORTS);
        ShortVector b3 = a3;
        ShortVector a4 = ShortVector.zero(SHORTS);
        ShortVector b4 = a4;
        ShortVector a5 = ShortVector.zero(SHORTS);
        ShortVector b5 = a5;
        int x1 = x0 + stride;
        int x2 = x1 + stride;
        int x3 = x2 + stride;
        int x4 = x3 + stride;
        int x5 = x4 + stride;
        for (int k = 0; k < steps; k++) {
            ShortVector wa = ShortVector.fromArray(SHORTS, panel, at + k * ROWS);
            ShortVector wb = ShortVector.fromArray(SHORTS, panel, at + k * ROWS + SHORT_LANES);
            ShortVector q = IntVector.broadcast(INTS, x[x0 + k]).reinterpretAsShorts();
            a0 = a0.add(wa.mul(q));
            b0 = b0.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x1 + k]).reinterpretAsShorts();
            a1 = a1.add(wa.mul(q));
            b1 = b1.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x2 + k]).reinterpretAsShorts();
            a2 = a2.add(wa.mul(q));
            b2 = b2.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x3 + k]).reinterpretAsShorts();
            a3 = a3.add(wa.mul(q));
            b3 = b3.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x4 + k]).reinterpretAsShorts();
            a4 = a4.add(wa.mul(q));
            b4 = b4.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x5 + k]).reinterpretAsShorts();
            a5 = a5.add(wa.mul(q));
            b5 = b5.add(wb.mul(q));
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + SHORT_LANES);
        a1.intoArray(sums, to + ROWS);
        b1.intoArray(sums, to + ROWS + SHORT_LANES);
        a2.intoArray(sums, to + 2 * ROWS);
        b2.intoArray(sums, to + 2 * ROWS + SHORT_LANES);
        a3.intoArray(sums, to + 3 * ROWS);
        b3.intoArray(sums, to + 3 * ROWS + SHORT_LANES);
        a4.intoArray(sums, to + 4 * ROWS);
        b4.intoArray(sums, to + 4 * ROWS + SHORT_LANES);
        a5.intoArray(sums, to + 5 * ROWS);
        b5.intoArray(sums, to + 5 * ROWS + SHORT_LANES);
    }

    /** 4 activation rows by two vectors of weight rows, {@code steps} columns. */
    static void sum4(short[] panel, int at, int[] x, int x0, int stride, int steps, short[] sums, int to) {
        ShortVector a0 = ShortVector.zero(SHORTS);
        ShortVector b0 = a0;
        ShortVector a1 = ShortVector.zero(SHORTS);
        ShortVector b1 = a1;
        ShortVector a2 = ShortVector.zero(SHORTS);
        ShortVector b2 = a2;
        ShortVector a3 = ShortVector.zero(SHORTS);
        ShortVector b3 = a3;
        int x1 = x0 + stride;
        int x2 = x1 + stride;
        int x3 = x2 + stride;
        for (int k = 0; k < steps; k++) {
            ShortVector wa = ShortVector.fromArray(SHORTS, panel, at + k * ROWS);
            ShortVector wb = ShortVector.fromArray(SHORTS, panel, at + k * ROWS + SHORT_LANES);
            ShortVector q = IntVector.broadcast(INTS, x[x0 + k]).reinterpretAsShorts();
            a0 = a0.add(wa.mul(q));
            b0 = b0.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x1 + k]).reinterpretAsShorts();
            a1 = a1.add(wa.mul(q));
            b1 = b1.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x2 + k]).reinterpretAsShorts();
            a2 = a2.add(wa.mul(q));
            b2 = b2.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x3 + k]).reinterpretAsShorts();
            a3 = a3.add(wa.mul(q));
            b3 = b3.add(wb.mul(q));
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + SHORT_LANES);
        a1.intoArray(sums, to + ROWS);
        b1.intoArray(sums, to + ROWS + SHORT_LANES);
        a2.intoArray(sums, to + 2 * ROWS);
        b2.intoArray(sums, to + 2 * ROWS + SHORT_LANES);
        a3.intoArray(sums, to + 3 * ROWS);
        b3.intoArray(sums, to + 3 * ROWS + SHORT_LANES);
    }

    /** 2 activation rows by two vectors of weight rows, {@code steps} columns. */
    static void sum2(short[] panel, int at, int[] x, int x0, int stride, int steps, short[] sums, int to) {
        ShortVector a0 = ShortVector.zero(SHORTS);
        ShortVector b0 = a0;
        ShortVector a1 = ShortVector.zero(SHORTS);
        ShortVector b1 = a1;
        int x1 = x0 + stride;
        for (int k = 0; k < steps; k++) {
            ShortVector wa = ShortVector.fromArray(SHORTS, panel, at + k * ROWS);
            ShortVector wb = ShortVector.fromArray(SHORTS, panel, at + k * ROWS + SHORT_LANES);
            ShortVector q = IntVector.broadcast(INTS, x[x0 + k]).reinterpretAsShorts();
            a0 = a0.add(wa.mul(q));
            b0 = b0.add(wb.mul(q));
            q = IntVector.broadcast(INTS, x[x1 + k]).reinterpretAsShorts();
            a1 = a1.add(wa.mul(q));
            b1 = b1.add(wb.mul(q));
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + SHORT_LANES);
        a1.intoArray(sums, to + ROWS);
        b1.intoArray(sums, to + ROWS + SHORT_LANES);
    }

    /** 1 activation row by two vectors of weight rows, {@code steps} columns. */
    static void sum1(short[] panel, int at, int[] x, int x0, int steps, short[] sums, int to) {
        ShortVector a0 = ShortVector.zero(SHORTS);
        ShortVector b0 = a0;
        for (int k = 0; k < steps; k++) {
            ShortVector wa = ShortVector.fromArray(SHORTS, panel, at + k * ROWS);
            ShortVector wb = ShortVector.fromArray(SHORTS, panel, at + k * ROWS + SHORT_LANES);
            ShortVector q = IntVector.broadcast(INTS, x[x0 + k]).reinterpretAsShorts();
            a0 = a0.add(wa.mul(q));
            b0 = b0.add(wb.mul(q));
        }
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + SHORT_LANES);
    }
}
