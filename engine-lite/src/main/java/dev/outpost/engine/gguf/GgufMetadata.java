package dev.outpost.engine.gguf;

import dev.outpost.engine.failure.ModelRejectedException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Metadata by key. A getter answers empty where the key is absent and refuses a value of another type with
 * {@link ModelRejectedException}; it never falls back to a default. Answers are copies and outlive the file; the
 * metadata itself reads from the file's mapping and ends with {@link GgufFile#close()}. Any thread.
 */
public final class GgufMetadata {

    private final MemorySegment bytes;
    private final Map<String, MetadataValue> values;

    /** @param bytes the file from its first byte on, borrowed */
    GgufMetadata(MemorySegment bytes, Map<String, MetadataValue> values) {
        this.bytes = bytes;
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

        static final int SHOWN = 8;

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
            case MetadataValue.Text text -> Optional.of(read(key, value -> value.bytes(text)));
            case MetadataValue other -> throw wrongType(key, "string", other);
        };
    }

    /** Any integer type; a u64 past the range of long is refused. */
    public OptionalLong integer(String key) {
        return switch (values.get(key)) {
            case null -> OptionalLong.empty();
            case MetadataValue.Scalar(ValueType type, long at) when type.isInteger() ->
                OptionalLong.of(read(key, value -> value.integer(type, at)));
            case MetadataValue other -> throw wrongType(key, "integer", other);
        };
    }

    /** A float of 32 or 64 bits; NaN and infinities are refused. */
    public OptionalDouble decimal(String key) {
        return switch (values.get(key)) {
            case null -> OptionalDouble.empty();
            case MetadataValue.Scalar(ValueType type, long at) when type.isDecimal() ->
                OptionalDouble.of(read(key, value -> value.finite(type, at)));
            case MetadataValue other -> throw wrongType(key, "float", other);
        };
    }

    public Optional<Boolean> bool(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case MetadataValue.Scalar(ValueType type, long at) when type == ValueType.BOOL ->
                Optional.of(read(key, value -> value.bool(at)));
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
                .map(elements -> read(key, value -> value.column(elements)));
    }

    /** An array of any integer type whose elements fit 32 bits. */
    public Optional<int[]> integers(String key) {
        return elements(key, ValueType::isInteger, "array of integer")
                .map(elements -> read(key, value -> value.integers(elements)));
    }

    /** An array of floats; NaN and infinities are refused. */
    public Optional<float[]> decimals(String key) {
        return elements(key, ValueType::isDecimal, "array of float")
                .map(elements -> read(key, value -> value.decimals(elements)));
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
                new String(read(key, value -> value.bytes(text)), StandardCharsets.UTF_8);
            case MetadataValue.Scalar(ValueType type, long at) -> read(key, value -> value.shown(type, at));
            case MetadataValue.Elements elements -> read(key, value -> value.preview(elements));
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

    /** A reader of its own for each call, so that any thread may ask. */
    private <T> T read(String key, Function<ValueReader, T> read) {
        return MappedRead.guard(key, () -> read.apply(new ValueReader(new HeaderBytes(bytes), key)));
    }
}
