package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 4-bit values with one scale and one minimum for 32 weights.
 *
 * <pre>
 * byte  0      2      4                                20
 *       | d    | m    | qs[16]                         |      d: binary16 scale, m: binary16 minimum
 *
 * qs[j] |high 4 bits: weight j + 16|low 4 bits: weight j|
 *
 * weight = q * d + m
 * </pre>
 */
public final class Q4_1 {

    /** Weights in a block. */
    public static final int BLOCK_SIZE = 32;
    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 20;
    /** Bytes from the start of a block to its sixteen bytes of nibbles. */
    public static final int NIBBLES = 4;

    private Q4_1() {}

    /** The scale {@code d} of the block at {@code offset}. */
    public static float scale(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset);
    }

    /** The minimum {@code m}, which is added, of the block at {@code offset}. */
    public static float minimum(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset + 2);
    }

    /** The unsigned value, 0..15, of weight {@code index} of the block at {@code offset}. */
    public static int value(MemorySegment source, long offset, int index) {
        int pair = LittleEndian.unsignedByte(source, offset + NIBBLES + (index & 15));
        return index < 16 ? pair & 0xF : pair >> 4;
    }

    static void decode(MemorySegment source, long offset, float[] target, int at) {
        float scale = scale(source, offset);
        float minimum = minimum(source, offset);
        for (int j = 0; j < 16; j++) {
            int pair = LittleEndian.unsignedByte(source, offset + NIBBLES + j);
            target[at + j] = (pair & 0xF) * scale + minimum;
            target[at + j + 16] = (pair >> 4) * scale + minimum;
        }
    }
}
