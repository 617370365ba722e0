package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 4-bit values around 8 with one scale for 32 weights.
 *
 * <pre>
 * byte  0      2                                18
 *       | d    | qs[16]                         |      d: binary16 scale
 *
 * qs[j] |high 4 bits: weight j + 16|low 4 bits: weight j|
 *
 * weight = (q - 8) * d
 * </pre>
 */
public final class Q4_0 {

    /** Weights in a block. */
    public static final int BLOCK_SIZE = 32;
    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 18;
    /** Bytes from the start of a block to its sixteen bytes of nibbles. */
    public static final int NIBBLES = 2;
    /** What a stored value of 0 means. */
    public static final int ZERO_POINT = 8;

    private Q4_0() {}

    /** The scale {@code d} of the block at {@code offset}. */
    public static float scale(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset);
    }

    /** The signed value, -8..7, of weight {@code index} of the block at {@code offset}. */
    public static int value(MemorySegment source, long offset, int index) {
        int pair = LittleEndian.unsignedByte(source, offset + NIBBLES + (index & 15));
        return (index < 16 ? pair & 0xF : pair >> 4) - ZERO_POINT;
    }

    static void decode(MemorySegment source, long offset, float[] target, int at) {
        float scale = scale(source, offset);
        for (int j = 0; j < 16; j++) {
            int pair = LittleEndian.unsignedByte(source, offset + NIBBLES + j);
            target[at + j] = ((pair & 0xF) - ZERO_POINT) * scale;
            target[at + j + 16] = ((pair >> 4) - ZERO_POINT) * scale;
        }
    }
}
