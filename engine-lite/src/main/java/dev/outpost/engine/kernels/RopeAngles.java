package dev.outpost.engine.kernels;

/**
 * Cosines and sines of rotary position embedding, {@code [positions, pairs]}, computed once in double precision by
 * {@link StrictMath}, so that every machine has the same bits. Immutable.
 */
public final class RopeAngles {

    private final int positions;
    private final int pairs;
    private final float[] cosines;
    private final float[] sines;

    /**
     * @param frequencies radians per position of each pair, scaling of the model applied; its length is half of the
     *        rotated width
     * @param positions first position that has no angle
     * @param magnitude factor on cosine and sine; 1 where the model's scaling has none
     */
    public RopeAngles(double[] frequencies, int positions, float magnitude) {
        this.positions = positions;
        this.pairs = frequencies.length;
        this.cosines = new float[Math.multiplyExact(positions, pairs)];
        this.sines = new float[positions * pairs];
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < pairs; pair++) {
                double angle = position * frequencies[pair];
                cosines[position * pairs + pair] = (float) (StrictMath.cos(angle) * magnitude);
                sines[position * pairs + pair] = (float) (StrictMath.sin(angle) * magnitude);
            }
        }
    }

    public int positions() {
        return positions;
    }

    /** Rotated pairs of a head; a head's values beyond twice this are left as they are. */
    public int pairs() {
        return pairs;
    }

    /** {@code [positions, pairs]}, not to be written to. */
    public float[] cosines() {
        return cosines;
    }

    /** {@code [positions, pairs]}, not to be written to. */
    public float[] sines() {
        return sines;
    }

    /** Heap bytes of a table. */
    public static long bytes(int positions, int pairs) {
        return 2L * Float.BYTES * positions * pairs;
    }
}
