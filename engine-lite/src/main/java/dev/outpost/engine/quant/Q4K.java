package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 4-bit values; eight groups of 32 weights, each with a six-bit scale and minimum under two binary16 factors.
 *
 * <pre>
 * byte  0      2      4            16                                                  144
 *       | d    | dmin | scales[12] | qs[128]                                           |
 *
 * scales  see {@link SixBitScales}
 * qs      four runs of 32 bytes; run r, byte j:
 *         |high 4 bits: weight 64 r + 32 + j|low 4 bits: weight 64 r + j|
 *
 * weight of group g = (d * scale[g]) * q - (dmin * min[g])
 * </pre>
 */
public final class Q4K {

    /** Weights in a block. */
    public static final int BLOCK_SIZE = 256;
    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 144;
    /** Weights that share a scale and a minimum. */
    public static final int GROUP_SIZE = 32;
    /** Bytes from the start of a block to its four runs of nibbles. */
    public static final int NIBBLES = 16;

    private static final int SCALES = 4;

    private Q4K() {}

    /** The factor {@code d} of all scales of the block at {@code offset}. */
    public static float scaleFactor(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset);
    }

    /** The factor {@code dmin} of all minimums of the block at {@code offset}. */
    public static float minimumFactor(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset + 2);
    }

    /** The six-bit scale of group 0..7, before {@code d}. */
    public static int scaleBits(MemorySegment source, long offset, int group) {
        return SixBitScales.scale(source, offset + SCALES, group);
    }

    /** The six-bit minimum of group 0..7, before {@code dmin}. */
    public static int minimumBits(MemorySegment source, long offset, int group) {
        return SixBitScales.minimum(source, offset + SCALES, group);
    }

    /** The scale of group 0..7: one rounding, as ggml rounds. */
    public static float scale(MemorySegment source, long offset, int group) {
        return scaleFactor(source, offset) * scaleBits(source, offset, group);
    }

    /** The minimum of group 0..7, which is subtracted: one rounding, as ggml rounds. */
    public static float minimum(MemorySegment source, long offset, int group) {
        return minimumFactor(source, offset) * minimumBits(source, offset, group);
    }

    /** The unsigned value, 0..15, of weight {@code index} of the block at {@code offset}. */
    public static int value(MemorySegment source, long offset, int index) {
        int pair = LittleEndian.unsignedByte(source, offset + NIBBLES + (index >> 6) * 32 + (index & 31));
        return (index & 32) == 0 ? pair & 0xF : pair >> 4;
    }

    static void decode(MemorySegment source, long offset, float[] target, int at) {
        for (int group = 0; group < 8; group++) {
            float scale = scale(source, offset, group);
            float minimum = minimum(source, offset, group);
            long run = offset + NIBBLES + (group >> 1) * 32L;
            int shift = (group & 1) * 4;
            int to = at + group * GROUP_SIZE;
            for (int j = 0; j < GROUP_SIZE; j++) {
                target[to + j] = scale * (LittleEndian.unsignedByte(source, run + j) >> shift & 0xF) - minimum;
            }
        }
    }
}
