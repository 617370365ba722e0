package dev.outpost.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Little-endian reads at absolute offsets of a mapped header. Every read is checked against the bytes that remain; the
 * field's name serves the refusal only.
 */
final class HeaderBytes {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;

    /** @param bytes the file from its first byte on, borrowed for as long as this object is used */
    HeaderBytes(MemorySegment bytes) {
        this.bytes = bytes;
    }

    long size() {
        return bytes.byteSize();
    }

    /** Refuses unless {@code wanted} bytes remain from {@code at} on. No addition that could wrap. */
    void demand(long at, long wanted, String field) {
        long remain = bytes.byteSize() - at;
        if (at < 0 || wanted < 0 || wanted > remain) {
            throw RejectCode.TRUNCATED.at(at, field,
                    "file ends inside a field: expected=" + Long.toUnsignedString(wanted)
                            + " bytes, found=" + Math.max(0, remain));
        }
    }

    int u8(long at, String field) {
        demand(at, 1, field);
        return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    int u16(long at, String field) {
        demand(at, 2, field);
        return bytes.get(SHORT, at) & 0xFFFF;
    }

    int i32(long at, String field) {
        demand(at, 4, field);
        return bytes.get(INT, at);
    }

    /** Raw 64 bits; a length read so is negative when it is past the range of long. */
    long i64(long at, String field) {
        demand(at, 8, field);
        return bytes.get(LONG, at);
    }

    /** A copy. The caller has checked {@code length} against its limit. */
    byte[] copy(long at, int length, String field) {
        demand(at, length, field);
        byte[] copy = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, length);
        return copy;
    }

    /** Copies into {@code target} from {@code to} on. */
    void copy(long at, int length, byte[] target, int to, String field) {
        demand(at, length, field);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, target, to, length);
    }
}
