package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * The twelve bytes in which Q4_K and Q5_K keep eight scales and eight minimums of six bits.
 *
 * <pre>
 *          bits 7..6              bits 5..0
 * byte 0-3   scale[j+4] bits 5..4   scale[j]            j = 0..3
 * byte 4-7   min[j+4] bits 5..4     min[j]
 *
 *          bits 7..4              bits 3..0
 * byte 8-11  min[j+4] bits 3..0     scale[j+4] bits 3..0
 * </pre>
 */
final class SixBitScales {

    private SixBitScales() {}

    /** Scale factor 0..63 of group 0..7. */
    static int scale(MemorySegment source, long scales, int group) {
        int first = LittleEndian.unsignedByte(source, scales + (group & 3));
        if (group < 4) {
            return first & 63;
        }
        return LittleEndian.unsignedByte(source, scales + 4 + group) & 0xF | first >> 6 << 4;
    }

    /** Minimum factor 0..63 of group 0..7. */
    static int minimum(MemorySegment source, long scales, int group) {
        int first = LittleEndian.unsignedByte(source, scales + 4 + (group & 3));
        if (group < 4) {
            return first & 63;
        }
        return LittleEndian.unsignedByte(source, scales + 4 + group) >> 4 | first >> 6 << 4;
    }
}
