package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * Types without blocks: one value each.
 *
 * <pre>
 * F32   |s|eeeeeeee|mmmmmmmmmmmmmmmmmmmmmmm|   4 bytes, IEEE 754 binary32
 * F16   |s|eeeee|mmmmmmmmmm|                   2 bytes, IEEE 754 binary16
 * BF16  |s|eeeeeeee|mmmmmmm|                   2 bytes, the upper half of a binary32
 * </pre>
 */
final class PlainFloat {

    private PlainFloat() {}

    static void decodeF32(MemorySegment source, long offset, float[] target, int at) {
        target[at] = Float.intBitsToFloat(LittleEndian.int32(source, offset));
    }

    static void decodeF16(MemorySegment source, long offset, float[] target, int at) {
        target[at] = LittleEndian.half(source, offset);
    }

    static void decodeBf16(MemorySegment source, long offset, float[] target, int at) {
        target[at] = Float.intBitsToFloat(LittleEndian.int16(source, offset) << 16);
    }
}
