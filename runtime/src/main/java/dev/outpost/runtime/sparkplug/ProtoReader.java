package dev.outpost.runtime.sparkplug;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads protobuf fields of a message that may be hostile: nothing is allocated before its length was checked against
 * the bytes that are there, messages nest at most {@value #MOST_DEPTH} deep and are at most {@value #MOST_MESSAGES}.
 */
final class ProtoReader {

    static final int MOST_DEPTH = 12;
    static final int MOST_MESSAGES = 20_000;

    private final ByteBuffer bytes;
    private final int depth;
    private final int[] budget;
    private int type;

    ProtoReader(byte[] message) {
        this(ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN), 0, new int[]{MOST_MESSAGES});
    }

    private ProtoReader(ByteBuffer bytes, int depth, int[] budget) {
        this.bytes = bytes;
        this.depth = depth;
        this.budget = budget;
    }

    /** The next field's number; 0 at the end. Its value must be read or skipped before the next call. */
    int field() {
        if (!bytes.hasRemaining()) {
            return 0;
        }
        long key = raw();
        type = (int) (key & 7);
        long field = key >>> 3;
        if (field < 1 || field > Integer.MAX_VALUE >> 3) {
            throw refused("field number out of range: field=" + field);
        }
        return (int) field;
    }

    void skip() {
        switch (type) {
            case ProtoWriter.VARINT -> raw();
            case ProtoWriter.FIXED64 -> take(Long.BYTES);
            case ProtoWriter.BYTES -> take(length());
            case ProtoWriter.FIXED32 -> take(Integer.BYTES);
            default -> throw refused("wire type is not in use: type=" + type);
        }
    }

    long varint() {
        require(ProtoWriter.VARINT);
        return raw();
    }

    boolean flag() {
        return varint() != 0;
    }

    float single() {
        require(ProtoWriter.FIXED32);
        return take(Float.BYTES).getFloat();
    }

    double real() {
        require(ProtoWriter.FIXED64);
        return take(Double.BYTES).getDouble();
    }

    byte[] bytes() {
        require(ProtoWriter.BYTES);
        var slice = take(length());
        var copy = new byte[slice.remaining()];
        slice.get(copy);
        return copy;
    }

    String text() {
        require(ProtoWriter.BYTES);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(take(length())).toString();
        } catch (CharacterCodingException e) {
            throw new SparkplugException("payload text is not UTF-8: offset=" + bytes.position(), e);
        }
    }

    /** A message inside this one. */
    ProtoReader message() {
        require(ProtoWriter.BYTES);
        var slice = take(length());
        if (depth == MOST_DEPTH) {
            throw refused("messages nest too deep: expected <= " + MOST_DEPTH);
        }
        if (--budget[0] < 0) {
            throw refused("payload has too many parts: expected <= " + MOST_MESSAGES);
        }
        return new ProtoReader(slice, depth + 1, budget);
    }

    /** A repeated number: one of it, or many packed. */
    long[] varints() {
        if (type == ProtoWriter.VARINT) {
            return new long[]{raw()};
        }
        var packed = message();
        var numbers = java.util.stream.LongStream.builder();
        while (packed.bytes.hasRemaining()) {
            numbers.add(packed.raw());
        }
        return numbers.build().toArray();
    }

    private ByteBuffer take(long count) {
        if (count < 0 || count > bytes.remaining()) {
            throw refused("field ends past its message: bytes=" + count + ", left=" + bytes.remaining());
        }
        var slice = bytes.slice(bytes.position(), (int) count).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(bytes.position() + (int) count);
        return slice;
    }

    private long length() {
        return raw();
    }

    private long raw() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw refused("number ends past its message");
            }
            byte next = bytes.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw refused("number is longer than 10 bytes");
    }

    private void require(int expected) {
        if (type != expected) {
            throw refused("wire type: expected=" + expected + ", found=" + type);
        }
    }

    private SparkplugException refused(String reason) {
        return new SparkplugException("payload is malformed: " + reason + ", offset=" + bytes.position());
    }
}
