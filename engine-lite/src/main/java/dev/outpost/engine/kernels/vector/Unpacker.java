package dev.outpost.engine.kernels.vector;

import java.lang.foreign.MemorySegment;

/** Reads packed groups of one type into a panel. One instance for each type, without state. */
abstract class Unpacker {

    /** Columns of a strip; a multiple of every group size. */
    static final int STRIP = 128;
    /** Rows of a panel. */
    static final int ROWS = ShortTile.ROWS;
    /** Floats from a scale to its minimum. */
    static final int MINIMA = STRIP / 16 * ROWS;

    /**
     * Writes the integers of {@code columns} columns of 32 rows, less {@link #center}.
     *
     * @param group the packed group
     * @param column first column, a multiple of 32; so is {@code columns}
     * @param panel {@code [k][64]}
     * @param lane 0 or 32: where the rows stand in the panel
     */
    abstract void quants(MemorySegment group, int column, int columns, short[] panel, int lane);

    /**
     * Writes scales {@code [group][64]} of the same columns and, {@code minima} floats
     * beyond, what is added to each weight.
     */
    abstract void scales(MemorySegment group, int column, int columns, float[] scales, int minima, int lane);

    /** What the panel's integers have to be raised by. */
    abstract int center();

    abstract boolean hasMinimum();

    /** Columns that share a scale. */
    int groupSize() {
        return 32;
    }

    /** Columns whose products fit one 16-bit sum; 0 where the float tile is needed. */
    abstract int columnsPerShortSum();

    /**
     * Writes the integer sums of {@code columns} columns of 32 rows with one activation row: for each group of
     * {@link #groupSize} columns one or, 32 shorts on, two sums to be added.
     *
     * @param from index of the first column's activation in {@code pairs}
     * @param totals the activation sums, from {@code total} on
     * @param sums {@code [group][2][32]}
     */
    abstract void sums(MemorySegment group, int column, int columns, int[] pairs, int from, float[] totals, int total,
            short[] sums);

}
