package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 5-bit values around 16 with one scale for 32 weights.
 *
 * <pre>
 * byte  0      2            6                                22
 *       | d    | qh         | qs[16]                         |      d: binary16 scale
 *
 * qs[j] |low 4 bits of weight j + 16|low 4 bits of weight j|
 * qh    32-bit little-endian: bit i is bit 4 of weight i
 *
 * weight = (q - 16) * d
 * </pre>
 */
public final class Q5_0 {

    /** Weights in a block. */
    public static final int BLOCK_SIZE = 32;
    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 22;
    /** Bytes from the start of a block to its sixteen bytes of nibbles. */
    public static final int NIBBLES = 6;
    /** What a stored value of 0 means. */
    public static final int ZERO_POINT = 16;

    private Q5_0() {}

    /** The scale {@code d} of the block at {@code offset}. */
    public static float scale(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset);
    }

    /** The fifth bits of the block at {@code offset}: bit i belongs to weight i. */
    public static int highBits(MemorySegment source, long offset) {
        return LittleEndian.int32(source, offset + 2);
    }

    /** The signed value, -16..15, of weight {@code index} of the block at {@code offset}. */
    public static int value(MemorySegment source, long offset, int index) {
        int pair = LittleEndian.unsignedByte(source, offset + NIBBLES + (index & 15));
        int high = highBits(source, offset) >>> index & 1;
        return ((index < 16 ? pair & 0xF : pair >> 4) | high << 4) - ZERO_POINT;
    }

    static void decode(MemorySegment source, long offset, float[] target, int at) {
        float scale = scale(source, offset);
        int high = highBits(source, offset);
        for (int j = 0; j < 16; j++) {
            int pair = LittleEndian.unsignedByte(source, offset + NIBBLES + j);
            target[at + j] = ((pair & 0xF | (high >>> j & 1) << 4) - ZERO_POINT) * scale;
            target[at + j + 16] = ((pair >> 4 | (high >>> j + 16 & 1) << 4) - ZERO_POINT) * scale;
        }
    }
}
