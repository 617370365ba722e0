package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * Signed bytes with one scale for 32 weights.
 *
 * <pre>
 * byte  0      2                                                                34
 *       | d    | qs[32]                                                         |   d: binary16 scale
 *
 * weight = q * d
 * </pre>
 */
public final class Q8_0 {

    /** Weights in a block. */
    public static final int BLOCK_SIZE = 32;
    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 34;
    /** Bytes from the start of a block to its 32 signed bytes. */
    public static final int VALUES = 2;

    private Q8_0() {}

    /** The scale {@code d} of the block at {@code offset}. */
    public static float scale(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset);
    }

    /** The signed value, -128..127, of weight {@code index} of the block at {@code offset}. */
    public static int value(MemorySegment source, long offset, int index) {
        return LittleEndian.signedByte(source, offset + VALUES + index);
    }

    static void decode(MemorySegment source, long offset, float[] target, int at) {
        float scale = scale(source, offset);
        for (int j = 0; j < BLOCK_SIZE; j++) {
            target[at + j] = LittleEndian.signedByte(source, offset + VALUES + j) * scale;
        }
    }
}
