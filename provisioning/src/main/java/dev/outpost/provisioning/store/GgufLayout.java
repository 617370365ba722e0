package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where the tensors of a GGUF file start, and nothing else of it.
 *
 * <pre>
 * magic "GGUF" | version u32 | tensors u64 | pairs u64
 * pairs   x { key: string | type u32 | value }          string = length u64 | bytes
 * tensors x { name: string | dims u32 | dim u64 x dims | type u32 | offset u64 }
 * padding to general.alignment (32 by default) | tensor data, offsets counted from here
 * </pre>
 *
 * Little-endian, versions 2 and 3. Every length is compared with the bytes that remain before it is used; nothing is
 * allocated by a number from the file but the list of starts, after its limit.
 *
 * @param dataStart first byte of the tensor data
 * @param tensorStarts absolute first bytes of the tensors, ascending
 */
record GgufLayout(long dataStart, long[] tensorStarts) {
    private static final int MAGIC = 0x46554747;
    private static final long MAX_PAIRS = 4096;
    private static final int MAX_TENSORS = 16_384;
    private static final long MAX_STRING = 1 << 20;
    private static final long MAX_KEY = 65_535;
    private static final long MAX_ARRAY = 1 << 22;
    private static final long MAX_HEADER = 128L << 20;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    /** Bytes of a value by its type id; 0 for string and array. */
    private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    private static final String ALIGNMENT_KEY = "general.alignment";

    /**
     * Reads the layout.
     *
     * @return empty when the file does not start like GGUF
     * @throws RefusedException when it does and its layout does not hold together
     */
    static Optional<GgufLayout> scan(BlockSource source) {
        Cursor cursor = new Cursor(source);
        if (source.bytes() < 24 || cursor.u32() != MAGIC) {
            return Optional.empty();
        }
        int version = cursor.u32();
        if (version != 2 && version != 3) {
            throw malformed("version is not 2 or 3", cursor.at - 4, "version=" + Integer.toUnsignedString(version));
        }
        long tensors = cursor.bounded(MAX_TENSORS, "tensor count");
        long pairs = cursor.bounded(MAX_PAIRS, "pair count");
        long alignment = 32;
        for (long i = 0; i < pairs; i++) {
            alignment = pair(cursor, alignment);
        }
        long[] starts = new long[(int) tensors];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = tensorOffset(cursor, alignment);
        }
        long dataStart = (cursor.at + alignment - 1) / alignment * alignment;
        if (dataStart > source.bytes() && tensors > 0) {
            throw malformed("tensor data starts past the file", cursor.at, "dataStart=" + dataStart);
        }
        return Optional.of(new GgufLayout(Math.min(dataStart, source.bytes()), absolute(starts, dataStart, source)));
    }

    private static long pair(Cursor cursor, long alignment) {
        String key = cursor.string(MAX_KEY, ALIGNMENT_KEY.length());
        int type = cursor.u32();
        if (key.equals(ALIGNMENT_KEY)) {
            long found = type == 4 ? Integer.toUnsignedLong(cursor.u32()) : 0;
            if (found < 8 || found > 65_536 || Long.bitCount(found) != 1) {
                throw malformed("alignment is not a power of two from 8 to 65536", cursor.at, "alignment=" + found);
            }
            return found;
        }
        if (type == ARRAY) {
            int element = cursor.u32();
            long count = cursor.bounded(MAX_ARRAY, "array length");
            if (element == STRING) {
                for (long i = 0; i < count; i++) {
                    cursor.string(MAX_STRING, 0);
                }
            } else {
                cursor.skip(Math.multiplyExact(count, scalarBytes(element, cursor)));
            }
        } else if (type == STRING) {
            cursor.string(MAX_STRING, 0);
        } else {
            cursor.skip(scalarBytes(type, cursor));
        }
        return alignment;
    }

    private static long scalarBytes(int type, Cursor cursor) {
        if (type < 0 || type >= VALUE_BYTES.length || VALUE_BYTES[type] == 0) {
            throw malformed("value type is unknown", cursor.at, "type=" + Integer.toUnsignedString(type));
        }
        return VALUE_BYTES[type];
    }

    private static long tensorOffset(Cursor cursor, long alignment) {
        cursor.string(MAX_KEY, 0);
        int dims = cursor.u32();
        if (dims < 1 || dims > 4) {
            throw malformed("dimension count is not 1 to 4", cursor.at, "dims=" + Integer.toUnsignedString(dims));
        }
        cursor.skip(8L * dims + 4);
        long offset = cursor.u64();
        if (offset < 0 || offset % alignment != 0) {
            throw malformed("tensor offset is not aligned", cursor.at,
                    "offset=" + Long.toUnsignedString(offset) + ", alignment=" + alignment);
        }
        return offset;
    }

    private static long[] absolute(long[] offsets, long dataStart, BlockSource source) {
        Arrays.sort(offsets);
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] >= source.bytes() - dataStart) {
                throw malformed("tensor starts past the file", dataStart, "offset=" + offsets[i]);
            }
            if (i > 0 && offsets[i] + dataStart == offsets[i - 1]) {
                throw malformed("two tensors start at one place", dataStart, "offset=" + offsets[i]);
            }
            offsets[i] += dataStart;
        }
        return offsets;
    }

    private static RefusedException malformed(String what, long at, String found) {
        return new RefusedException(Refusal.MALFORMED_GGUF, what + ": " + found + ", offset=" + at);
    }

    /** Reads forward through a window of 64 KiB; refuses to pass the end of the file or of the longest header. */
    private static final class Cursor {
        private final BlockSource source;
        private final long end;
        private final ByteBuffer window = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN);
        private long at;
        private long windowStart;

        Cursor(BlockSource source) {
            this.source = source;
            this.end = Math.min(source.bytes(), MAX_HEADER);
            window.limit(0);
        }

        int u32() {
            int index = take(4);
            return window.getInt(index);
        }

        long u64() {
            int index = take(8);
            return window.getLong(index);
        }

        long bounded(long limit, String what) {
            long value = u64();
            if (value < 0 || value > limit) {
                throw malformed(what + " is above its limit", at - 8,
                        "value=" + Long.toUnsignedString(value) + ", limit=" + limit);
            }
            return value;
        }

        /** Passes a string; returns its text only when it is no longer than {@code keep} bytes. */
        String string(long limit, int keep) {
            long length = bounded(limit, "string length");
            if (length == 0 || length > keep) {
                skip(length);
                return "";
            }
            byte[] bytes = new byte[(int) length];
            int index = take(bytes.length);
            window.get(index, bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        void skip(long bytes) {
            if (bytes < 0 || bytes > end - at) {
                throw malformed("file ends inside its header", at, "needed=" + bytes + ", remaining=" + (end - at));
            }
            at += bytes;
        }

        private int take(int bytes) {
            long from = at;
            skip(bytes);
            if (from < windowStart || at > windowStart + window.limit()) {
                windowStart = from;
                window.clear().limit((int) Math.min(window.capacity(), source.bytes() - from));
                int read = source.read(from, window);
                window.limit(Math.max(read, 0));
                if (read < bytes) {
                    throw malformed("file became shorter while it was read", from, "read=" + read);
                }
            }
            return (int) (from - windowStart);
        }
    }
}
