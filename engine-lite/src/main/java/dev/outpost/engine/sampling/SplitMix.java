package dev.outpost.engine.sampling;

/**
 * The SplitMix64 generator (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014): a
 * counter that steps by the golden ratio, scrambled by two xor-shift multiplies. Integers only, so it is the same
 * everywhere. The seed is scrambled once, so that streams of neighbouring seeds start far apart.
 */
final class SplitMix {

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private long state;

    SplitMix(long seed) {
        state = scramble(seed + GOLDEN_RATIO);
    }

    /** Uniform over 64 bits. */
    long next() {
        state += GOLDEN_RATIO;
        return scramble(state);
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    double nextUnit() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    private static long scramble(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
