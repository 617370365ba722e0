package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 6-bit values around 32; sixteen groups of 16 weights, each with a signed byte as scale under one binary16 factor.
 *
 * <pre>
 * byte  0                     128          192          208    210
 *       | ql[128]             | qh[64]     | scales[16] | d    |
 *
 * Two halves of 128 weights (n = 0, 1), each of four runs of 32 (r = 0..3); weight 128 n + 32 r + j has
 *   low 4 bits   ql[64 n + 32 (r & 1) + j], its low nibble for r = 0, 1 and its high nibble for r = 2, 3
 *   bits 5..4    qh[32 n + j], bits 2 r + 1 .. 2 r
 *   scale        scales[8 n + 2 r + j / 16], that is, scales[index / 16]
 *
 * weight = (d * scale) * (q - 32)
 * </pre>
 */
public final class Q6K {

    /** Weights in a block. */
    public static final int BLOCK_SIZE = 256;
    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 210;
    /** Weights that share a scale. */
    public static final int GROUP_SIZE = 16;
    /** Bytes from the start of a block to the upper two bits. */
    public static final int HIGH_BITS = 128;
    /** What a stored value of 0 means. */
    public static final int ZERO_POINT = 32;

    private static final int SCALES = 192;
    private static final int FACTOR = 208;

    private Q6K() {}

    /** The factor {@code d} of all scales of the block at {@code offset}. */
    public static float scaleFactor(MemorySegment source, long offset) {
        return LittleEndian.half(source, offset + FACTOR);
    }

    /** The signed byte, -128..127, that is the scale of group 0..15 before {@code d}. */
    public static int scaleBits(MemorySegment source, long offset, int group) {
        return LittleEndian.signedByte(source, offset + SCALES + group);
    }

    /** The scale of group 0..15: one rounding, as ggml rounds. */
    public static float scale(MemorySegment source, long offset, int group) {
        return scaleFactor(source, offset) * scaleBits(source, offset, group);
    }

    /** The signed value, -32..31, of weight {@code index} of the block at {@code offset}. */
    public static int value(MemorySegment source, long offset, int index) {
        int half = index >> 7;
        int run = index >> 5 & 3;
        int j = index & 31;
        int low = LittleEndian.unsignedByte(source, offset + half * 64 + (run & 1) * 32 + j) >> (run >> 1) * 4 & 0xF;
        int high = LittleEndian.unsignedByte(source, offset + HIGH_BITS + half * 32 + j) >> run * 2 & 3;
        return (low | high << 4) - ZERO_POINT;
    }

    static void decode(MemorySegment source, long offset, float[] target, int at) {
        for (int group = 0; group < BLOCK_SIZE / GROUP_SIZE; group++) {
            float scale = scale(source, offset, group);
            int first = group * GROUP_SIZE;
            for (int index = first; index < first + GROUP_SIZE; index++) {
                target[at + index] = scale * value(source, offset, index);
            }
        }
    }
}
