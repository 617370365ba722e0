package dev.outpost.engine.kernels;

/**
 * The one exponential of all tiers, in single precision, by fused multiply-adds alone.
 *
 * <p>{@code n = round(x / ln 2)}; {@code r = x - n ln 2} in two steps; {@code e^r} by the polynomial of degree seven
 * that Cephes uses ({@code expf.c}); times {@code 2^n} through the exponent bits. Largest error 2 units in the last
 * place; {@code e^0} is exactly 1. Below -87 the result is 0, above 88 it is that of 88.
 */
public final class Exponential {

    public static final float LOWEST = -87f;
    public static final float HIGHEST = 88f;
    public static final float LOG2_E = 1.44269504088896341f;
    /** Adding and subtracting it rounds to an integer, half to even; its low bits then hold that integer. */
    public static final float ROUNDER = 12582912f;
    public static final float LN2_HIGH = 0.693359375f;
    public static final float LN2_LOW = -2.12194440e-4f;
    public static final float C7 = 1.9875691500e-4f;
    public static final float C6 = 1.3981999507e-3f;
    public static final float C5 = 8.3334519073e-3f;
    public static final float C4 = 4.1665795894e-2f;
    public static final float C3 = 1.6666665459e-1f;
    public static final float C2 = 5.0000001201e-1f;
    /** Bits of 1.0f. */
    public static final int ONE_BITS = 0x3f800000;

    private Exponential() {}

    /** {@code e^x}; not a number stays one. */
    public static float of(float x) {
        if (x < LOWEST) {
            return 0f;
        }
        float clamped = x > HIGHEST ? HIGHEST : x;
        float rounded = Math.fma(clamped, LOG2_E, ROUNDER);
        float n = rounded - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
        float p = Math.fma(Math.fma(Math.fma(Math.fma(Math.fma(C7, r, C6), r, C5), r, C4), r, C3), r, C2);
        float mantissa = Math.fma(p, r * r, r) + 1f;
        int exponent = (Float.floatToRawIntBits(rounded) << 23) + ONE_BITS;
        return mantissa * Float.intBitsToFloat(exponent);
    }
}
