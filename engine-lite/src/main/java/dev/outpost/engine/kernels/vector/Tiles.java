package dev.outpost.engine.kernels.vector;

/** How many activation rows the next tile takes. */
final class Tiles {

    /** Rows of the largest tile: its sums and two or four weight vectors fill the registers. */
    static final int LARGEST = 6;

    private Tiles() {}

    /** @return 6, 4, 2 or 1; eight rows are two fours */
    static int next(int left) {
        if (left >= LARGEST && left != 8) {
            return LARGEST;
        }
        return left >= 4 ? 4 : Math.min(left, 2);
    }
}
