package dev.outpost.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Little-endian reads at absolute offsets of a mapped header. Every read is checked against the bytes that remain; the
 * field's name serves the refusal only. One thread.
 *
 * <p>Numbers come out of a small window that is copied from the mapping: at start, before anything is compiled, a read
 * of an array is some twenty times cheaper than one of a segment, and a vocabulary has a million of them.
 */
final class HeaderBytes {

    private static final int WINDOW_BYTES = 8192;

    private final MemorySegment bytes;
    private final byte[] window = new byte[WINDOW_BYTES];
    private long windowStart;
    private int windowBytes;

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
            throw RejectCode.TRUNCATED.at(at, field, "file ends inside a field: expected="
                    + Long.toUnsignedString(wanted) + " bytes, found=" + Math.max(0, remain));
        }
    }

    /** Index in the window of {@code wanted} bytes that the window holds from now on. */
    private int seek(long at, int wanted, String field) {
        long from = at - windowStart;
        if (from >= 0 && from <= windowBytes - wanted) {
            return (int) from;
        }
        demand(at, wanted, field);
        windowBytes = 0;
        int length = (int) Math.min(WINDOW_BYTES, bytes.byteSize() - at);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, window, 0, length);
        windowStart = at;
        windowBytes = length;
        return 0;
    }

    int u8(long at, String field) {
        return window[seek(at, 1, field)] & 0xFF;
    }

    int u16(long at, String field) {
        int i = seek(at, 2, field);
        return window[i] & 0xFF | (window[i + 1] & 0xFF) << 8;
    }

    int i32(long at, String field) {
        return i32(seek(at, 4, field));
    }

    private int i32(int i) {
        return window[i] & 0xFF | (window[i + 1] & 0xFF) << 8 | (window[i + 2] & 0xFF) << 16 | window[i + 3] << 24;
    }

    /** Raw 64 bits; a length read so is negative when it is past the range of long. */
    long i64(long at, String field) {
        int i = seek(at, 8, field);
        return i32(i) & 0xFFFF_FFFFL | (long) i32(i + 4) << 32;
    }

    /** A copy. The caller has checked {@code length} against its limit. */
    byte[] copy(long at, int length, String field) {
        demand(at, length, field);
        byte[] copy = new byte[length];
        copy(at, length, copy, 0, field);
        return copy;
    }

    /** Copies into {@code target} from {@code to} on. */
    void copy(long at, int length, byte[] target, int to, String field) {
        if (length <= WINDOW_BYTES) {
            System.arraycopy(window, seek(at, length, field), target, to, length);
        } else {
            demand(at, length, field);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, target, to, length);
        }
    }
}
