package dev.outpost.engine.sampling;

/**
 * {@code e^x} for {@code x <= 0} from additions and multiplications alone, so that every machine and compiler gives
 * the same bits and loops over it can run in vector registers.
 *
 * <p>{@code e^x = (e^(x/256))^256}: a Taylor polynomial of degree 10 on [-0.17, 0], whose remainder is below 1e-16,
 * then eight squarings; the relative error stays below 1e-13. Below {@link #LEAST} the result is that of
 * {@code LEAST}, 2.6e-19, which no sum over a vocabulary notices.
 */
final class Exponential {

    static final double LEAST = -42.8;

    private Exponential() {}

    static double of(double x) {
        double y = Math.max(x, LEAST) * (1.0 / 256);
        double p = 1.0 / 3628800;
        p = p * y + 1.0 / 362880;
        p = p * y + 1.0 / 40320;
        p = p * y + 1.0 / 5040;
        p = p * y + 1.0 / 720;
        p = p * y + 1.0 / 120;
        p = p * y + 1.0 / 24;
        p = p * y + 1.0 / 6;
        p = p * y + 0.5;
        p = p * y + 1;
        p = p * y + 1;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        return p * p;
    }
}
