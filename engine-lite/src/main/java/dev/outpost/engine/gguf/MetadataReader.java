package dev.outpost.engine.gguf;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Walks the metadata pairs once, from the first key to the end of the last value, and notes where each value lies.
 *
 * <pre>
 * pair    u64 key length | key | u32 type | value
 * string  u64 length | bytes
 * array   u32 element type | u64 count | elements
 * </pre>
 */
final class MetadataReader {

    private final HeaderBytes header;
    private final GgufLimits limits;
    private final Map<String, MetadataValue> values = new LinkedHashMap<>();
    private final long start;
    private long keyBytes;
    private long position;

    MetadataReader(HeaderBytes header, GgufLimits limits, long start) {
        this.header = header;
        this.limits = limits;
        this.start = start;
        this.position = start;
    }

    /** @param pairs checked against the bytes that remain */
    Map<String, MetadataValue> read(int pairs) {
        for (int i = 0; i < pairs; i++) {
            long keyAt = position;
            String key = key();
            MetadataValue value = value(key);
            if (values.putIfAbsent(key, value) != null) {
                throw RejectCode.DUPLICATE_KEY.at(keyAt, key, "metadata key appears twice: key=" + Printable.of(key));
            }
            if (position - start > limits.metadataBytes()) {
                throw RejectCode.METADATA_TOO_LONG.at(position, key, "metadata is too long: expected<="
                        + limits.metadataBytes() + " bytes, found=" + (position - start));
            }
        }
        return values;
    }

    /** Offset behind the last value. */
    long end() {
        return position;
    }

    private String key() {
        long at = position;
        long length = header.i64(at, "metadata key length");
        if (length < 1 || length > limits.keyBytes()) {
            throw RejectCode.BAD_KEY.at(at, "metadata key length", "key length is out of range: expected=1.."
                    + limits.keyBytes() + ", found=" + Long.toUnsignedString(length));
        }
        keyBytes += length;
        if (keyBytes > limits.allKeyBytes()) {
            throw RejectCode.BAD_KEY.at(at, "metadata key length", "all keys together are too long: expected<="
                    + limits.allKeyBytes() + " bytes, found=" + keyBytes);
        }
        byte[] bytes = header.copy(at + 8, (int) length, "metadata key");
        position = at + 8 + length;
        return name(bytes, at + 8, RejectCode.BAD_KEY, "metadata key");
    }

    /** Strict UTF-8 without control characters, or a refusal. */
    static String name(byte[] bytes, long at, RejectCode code, String field) {
        String name;
        try {
            name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw code.at(at, field, "name is not UTF-8: found=" + Printable.of(bytes), e);
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                throw code.at(at, field, "name holds a control character: found=" + Printable.of(bytes));
            }
        }
        return name;
    }

    private MetadataValue value(String key) {
        long at = position;
        int id = header.i32(at, key);
        ValueType type = ValueType.byId(id).orElseThrow(() -> badType(at, key, id));
        position = at + 4;
        return switch (type) {
            case STRING -> text(key);
            case ARRAY -> elements(key);
            case BOOL -> bool(key);
            case U8, I8, U16, I16, U32, I32, F32, U64, I64, F64 -> scalar(type, key);
        };
    }

    private static RuntimeException badType(long at, String key, int id) {
        return RejectCode.BAD_VALUE_TYPE.at(at, key,
                "metadata value type does not exist: expected=0..12, found=" + Integer.toUnsignedString(id));
    }

    private MetadataValue scalar(ValueType type, String key) {
        long at = position;
        header.demand(at, type.bytes(), key);
        position = at + type.bytes();
        return new MetadataValue.Scalar(type, at);
    }

    private MetadataValue bool(String key) {
        checkBool(position, key);
        return scalar(ValueType.BOOL, key);
    }

    private void checkBool(long at, String key) {
        int value = header.u8(at, key);
        if (value > 1) {
            throw RejectCode.BAD_BOOL.at(at, key, "bool is neither 0 nor 1: expected=0..1, found=" + value);
        }
    }

    private MetadataValue text(String key) {
        long at = position;
        int length = textLength(at, key);
        position = at + 8 + length;
        return new MetadataValue.Text(at, length);
    }

    private int textLength(long at, String key) {
        long length = header.i64(at, key);
        if (length < 0 || length > limits.stringBytes()) {
            throw RejectCode.STRING_TOO_LONG.at(at, key, "string is too long: expected<=" + limits.stringBytes()
                    + " bytes, found=" + Long.toUnsignedString(length));
        }
        header.demand(at + 8, length, key);
        return (int) length;
    }

    private MetadataValue elements(String key) {
        long at = position;
        int id = header.i32(at, key);
        ValueType type = ValueType.byId(id).orElseThrow(() -> badType(at, key, id));
        if (type == ValueType.ARRAY) {
            throw RejectCode.BAD_ARRAY.at(at, key, "array holds arrays: expected=no nesting, found=array of array");
        }
        long count = header.i64(at + 4, key);
        if (count < 0 || count > limits.arrayElements()) {
            throw RejectCode.BAD_ARRAY.at(at + 4, key, "array is too long: expected<=" + limits.arrayElements()
                    + " elements, found=" + Long.toUnsignedString(count));
        }
        long first = at + 12;
        // A string takes at least its length field, so the count is held against the file before the walk begins.
        header.demand(first, count * (type == ValueType.STRING ? 8 : type.bytes()), key);
        position = first;
        if (type == ValueType.STRING) {
            return texts(key, first, (int) count);
        }
        if (type == ValueType.BOOL) {
            for (long i = 0; i < count; i++) {
                checkBool(first + i, key);
            }
        }
        position = first + count * type.bytes();
        return new MetadataValue.Elements(type, first, (int) count, 0);
    }

    private MetadataValue texts(String key, long first, int count) {
        long total = 0;
        for (int i = 0; i < count; i++) {
            int length = textLength(position, key);
            total += length;
            if (total > limits.arrayTextBytes()) {
                throw RejectCode.BAD_ARRAY.at(position, key, "strings of an array are too long together: expected<="
                        + limits.arrayTextBytes() + " bytes, found>=" + total);
            }
            position += 8 + length;
        }
        return new MetadataValue.Elements(ValueType.STRING, first, count, (int) total);
    }
}
