package dev.outpost.engine.gguf;

import dev.outpost.engine.failure.ModelRejectedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Metadata by key. A getter answers empty where the key is absent and refuses a value of another type with
 * {@link ModelRejectedException}; it never falls back to a default. Answers are copies and outlive the file; the
 * metadata itself reads from the file's mapping and ends with {@link GgufFile#close()}. Any thread.
 */
public final class GgufMetadata {

    private final HeaderBytes header;
    private final Map<String, MetadataValue> values;

    GgufMetadata(HeaderBytes header, Map<String, MetadataValue> values) {
        this.header = header;
        this.values = Collections.unmodifiableMap(values);
    }

    /**
     * An array, for show.
     *
     * @param elementType such as {@code string} or {@code f32}
     * @param size number of elements
     * @param first the first few elements: Long, Double, Boolean or String
     */
    public record ArrayPreview(String elementType, int size, List<Object> first) {

        private static final int SHOWN = 8;

        public ArrayPreview {
            first = List.copyOf(first);
        }
    }

    /** In the order of the file. */
    public Set<String> keys() {
        return values.keySet();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** Number of elements when the value is an array, else empty. */
    public OptionalInt arraySize(String key) {
        return values.get(key) instanceof MetadataValue.Elements elements
                ? OptionalInt.of(elements.count())
                : OptionalInt.empty();
    }

    /** Offset of the value in the file, for a refusal that names it; -1 where the key is absent. */
    public long offset(String key) {
        MetadataValue value = values.get(key);
        return value == null ? -1 : value.at();
    }

    /** Strict UTF-8. */
    public Optional<String> string(String key) {
        return text(key).map(bytes -> {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                throw RejectCode.BAD_TEXT.at(offset(key), key, "string is not UTF-8: found=" + Printable.of(bytes), e);
            }
        });
    }

    /** A string's bytes, whatever they are. */
    public Optional<byte[]> text(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case MetadataValue.Text text -> Optional.of(read(key, () -> bytes(key, text)));
            case MetadataValue other -> throw wrongType(key, "string", other);
        };
    }

    /** Any integer type; a u64 past the range of long is refused. */
    public OptionalLong integer(String key) {
        return switch (values.get(key)) {
            case null -> OptionalLong.empty();
            case MetadataValue.Scalar(ValueType type, long at) when type.isInteger() ->
                OptionalLong.of(read(key, () -> integer(key, type, at)));
            case MetadataValue other -> throw wrongType(key, "integer", other);
        };
    }

    /** A float of 32 or 64 bits; NaN and infinities are refused. */
    public OptionalDouble decimal(String key) {
        return switch (values.get(key)) {
            case null -> OptionalDouble.empty();
            case MetadataValue.Scalar(ValueType type, long at) when type.isDecimal() ->
                OptionalDouble.of(read(key, () -> finite(key, type, at)));
            case MetadataValue other -> throw wrongType(key, "float", other);
        };
    }

    public Optional<Boolean> bool(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case MetadataValue.Scalar(ValueType type, long at) when type == ValueType.BOOL ->
                Optional.of(read(key, () -> header.u8(at, key) == 1));
            case MetadataValue other -> throw wrongType(key, "bool", other);
        };
    }

    /** Strings read as UTF-8, malformed bytes as U+FFFD. Held as bytes, decoded at each access. */
    public Optional<List<String>> strings(String key) {
        return texts(key).map(StringColumn::new);
    }

    /** The raw bytes of a string array, held compactly; each access returns a fresh copy. */
    public Optional<List<byte[]>> texts(String key) {
        return elements(key, ValueType.STRING::equals, "array of string")
                .map(elements -> read(key, () -> column(key, elements)));
    }

    /** An array of any integer type whose elements fit 32 bits. */
    public Optional<int[]> integers(String key) {
        return elements(key, ValueType::isInteger, "array of integer").map(elements -> read(key, () -> {
            int[] integers = new int[elements.count()];
            for (int i = 0; i < integers.length; i++) {
                long at = elements.at() + (long) i * elements.type().bytes();
                long value = integer(key, elements.type(), at);
                if (value != (int) value) {
                    throw RejectCode.BAD_NUMBER.at(at, key,
                            "array element is out of range: index=" + i + ", expected=32 bits, found=" + value);
                }
                integers[i] = (int) value;
            }
            return integers;
        }));
    }

    /** An array of floats; NaN and infinities are refused. */
    public Optional<float[]> decimals(String key) {
        return elements(key, ValueType::isDecimal, "array of float").map(elements -> read(key, () -> {
            float[] decimals = new float[elements.count()];
            for (int i = 0; i < decimals.length; i++) {
                decimals[i] = (float) finite(key, elements.type(),
                        elements.at() + (long) i * elements.type().bytes());
            }
            return decimals;
        }));
    }

    /**
     * Any value, for show: Long, Double (NaN and infinities too), Boolean, String with malformed bytes replaced, or
     * {@link ArrayPreview}. A u64 past the range of long shows as negative.
     *
     * @throws IllegalArgumentException when the key is absent
     */
    public Object value(String key) {
        return switch (values.get(key)) {
            case null -> throw new IllegalArgumentException("metadata key is absent: key=" + Printable.of(key));
            case MetadataValue.Text text ->
                new String(read(key, () -> bytes(key, text)), StandardCharsets.UTF_8);
            case MetadataValue.Scalar(ValueType type, long at) -> read(key, () -> shown(key, type, at));
            case MetadataValue.Elements elements -> read(key, () -> preview(key, elements));
        };
    }

    /** Refuses a value that is present and no such array. */
    void demandArray(String key, Predicate<ValueType> wanted, String word) {
        elements(key, wanted, word);
    }

    private Optional<MetadataValue.Elements> elements(String key, Predicate<ValueType> wanted, String word) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case MetadataValue.Elements elements when wanted.test(elements.type()) -> Optional.of(elements);
            case MetadataValue other -> throw wrongType(key, word, other);
        };
    }

    private static ModelRejectedException wrongType(String key, String wanted, MetadataValue found) {
        return RejectCode.WRONG_TYPE.at(found.at(), key,
                "metadata value has the wrong type: expected=" + wanted + ", found=" + found.typeWord());
    }

    private static <T> T read(String key, Supplier<T> read) {
        return MappedRead.guard(key, read);
    }

    private byte[] bytes(String key, MetadataValue.Text text) {
        return header.copy(text.at() + 8, text.length(), key);
    }

    private TextColumn column(String key, MetadataValue.Elements elements) {
        byte[] text = new byte[elements.textBytes()];
        int[] ends = new int[elements.count()];
        long at = elements.at();
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            long length = header.i64(at, key);
            if (length < 0 || length > text.length - end) {
                throw RejectCode.FILE_CHANGED.at(at, key, "string length changed while the file was read: expected<="
                        + (text.length - end) + ", found=" + length);
            }
            header.copy(at + 8, (int) length, text, end, key);
            end += (int) length;
            ends[i] = end;
            at += 8 + length;
        }
        return new TextColumn(text, ends);
    }

    private long integer(String key, ValueType type, long at) {
        return switch (type) {
            case U8 -> header.u8(at, key);
            case I8 -> (byte) header.u8(at, key);
            case U16 -> header.u16(at, key);
            case I16 -> (short) header.u16(at, key);
            case U32 -> Integer.toUnsignedLong(header.i32(at, key));
            case I32 -> header.i32(at, key);
            case I64 -> header.i64(at, key);
            case U64 -> {
                long value = header.i64(at, key);
                if (value < 0) {
                    throw RejectCode.BAD_NUMBER.at(at, key, "integer is out of range: expected<=" + Long.MAX_VALUE
                            + ", found=" + Long.toUnsignedString(value));
                }
                yield value;
            }
            case F32, F64, BOOL, STRING, ARRAY -> throw new IllegalArgumentException("no integer: type=" + type);
        };
    }

    private double decimal(String key, ValueType type, long at) {
        return type == ValueType.F32
                ? Float.intBitsToFloat(header.i32(at, key))
                : Double.longBitsToDouble(header.i64(at, key));
    }

    private double finite(String key, ValueType type, long at) {
        double value = decimal(key, type, at);
        if (!Double.isFinite(value)) {
            throw RejectCode.BAD_NUMBER.at(at, key, "number is not finite: expected=finite, found=" + value);
        }
        return value;
    }

    private Object shown(String key, ValueType type, long at) {
        if (type.isInteger()) {
            return type == ValueType.U64 ? header.i64(at, key) : integer(key, type, at);
        }
        return type.isDecimal() ? (Object) decimal(key, type, at) : (Object) (header.u8(at, key) == 1);
    }

    private ArrayPreview preview(String key, MetadataValue.Elements elements) {
        var first = new ArrayList<>();
        long at = elements.at();
        for (int i = 0; i < Math.min(elements.count(), ArrayPreview.SHOWN); i++) {
            if (elements.type() == ValueType.STRING) {
                var text = new MetadataValue.Text(at, Math.toIntExact(header.i64(at, key)));
                first.add(new String(bytes(key, text), StandardCharsets.UTF_8));
                at += 8 + text.length();
            } else {
                first.add(shown(key, elements.type(), at));
                at += elements.type().bytes();
            }
        }
        return new ArrayPreview(elements.type().word(), elements.count(), first);
    }
}
