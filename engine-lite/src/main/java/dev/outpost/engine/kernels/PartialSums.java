package dev.outpost.engine.kernels;

/** Sums along a row are formed as 16 partial sums, by index modulo 16, whatever the register width; then this tree. */
public final class PartialSums {

    public static final int COUNT = 16;

    private PartialSums() {}

    /** Adds {@code partial[at … at + 16)} pairwise at distances 8, 4, 2, 1. */
    public static float total(float[] partial, int at) {
        float a = quarter(partial, at);
        float b = quarter(partial, at + 1);
        float c = quarter(partial, at + 2);
        float d = quarter(partial, at + 3);
        return (a + c) + (b + d);
    }

    private static float quarter(float[] partial, int at) {
        return (partial[at] + partial[at + 8]) + (partial[at + 4] + partial[at + 12]);
    }
}
