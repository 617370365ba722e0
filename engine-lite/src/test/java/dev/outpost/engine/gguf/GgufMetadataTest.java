package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.ModelRejectedException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgufMetadataTest {

    private static final Map<String, BiFunction<GgufMetadata, String, Object>> GETTERS = Map.of("string",
            GgufMetadata::string, "integer", GgufMetadata::integer, "decimal", GgufMetadata::decimal, "bool",
            GgufMetadata::bool, "strings", GgufMetadata::strings, "integers", GgufMetadata::integers, "decimals",
            GgufMetadata::decimals);

    private static GgufMetadata read(GgufWriter writer) {
        byte[] bytes = writer.bytes();
        return new GgufReader(MemorySegment.ofArray(bytes), GgufLimits.DEFAULT, bytes.length).read()
                .metadata();
    }

    private static ModelRejectedException refused(String code, Runnable get) {
        var refusal = assertThrows(ModelRejectedException.class, get::run);
        assertEquals(code, refusal.code());
        return refusal;
    }

    private static byte[] number(int bytes, long value) {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        return java.util.Arrays.copyOf(buffer.array(), bytes);
    }

    @Test
    void valuesComeBackByTheirGetter() {
        var metadata = read(HostileFile.base());
        assertEquals(Optional.of("llama"), metadata.string("general.architecture"));
        assertEquals(OptionalLong.of(64), metadata.integer("llama.context_length"));
        assertEquals(OptionalDouble.of(10000), metadata.decimal("llama.rope.freq_base"));
        assertEquals(Optional.of(true), metadata.bool("flag"));
        assertEquals(List.of("one", "", "three"), metadata.strings("words").orElseThrow());
        assertArrayEquals(new int[]{1, 2, 3}, metadata.integers("numbers").orElseThrow());
        assertArrayEquals(new float[]{0.5f, -1}, metadata.decimals("decimals").orElseThrow());
        assertEquals(OptionalInt.of(3), metadata.arraySize("words"));
        assertEquals(OptionalInt.empty(), metadata.arraySize("flag"));
    }

    @Test
    void absentKeysAreEmptyForEveryGetter() {
        var metadata = read(HostileFile.base());
        GETTERS.forEach((name, getter) -> assertTrue(getter.apply(metadata, "absent").toString().endsWith("empty"),
                name));
    }

    @Test
    void everyOtherTypeIsRefusedNeverDefaulted() {
        var metadata = read(HostileFile.base());
        Map<String, String> getterOfKey = Map.of("general.architecture", "string", "llama.block_count", "integer",
                "llama.context_length", "integer", "llama.rope.freq_base", "decimal", "flag", "bool", "words",
                "strings", "numbers", "integers", "decimals", "decimals", "flags", "none");
        getterOfKey.forEach((key, right) -> GETTERS.forEach((name, getter) -> {
            if (!name.equals(right)) {
                var refusal = refused("wrong_type", () -> getter.apply(metadata, key));
                assertEquals(key, refusal.field());
                assertEquals(metadata.offset(key), refusal.offset().orElseThrow());
            }
        }));
    }

    @ParameterizedTest
    @EnumSource(names = {"U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64"})
    void everyIntegerTypeReadsWithItsSign(ValueType type) {
        boolean signed = type.name().startsWith("I");
        long lowest = signed ? -1 : type == ValueType.U64 ? Long.MAX_VALUE : (1L << 8 * type.bytes()) - 1;
        var metadata = read(new GgufWriter().value("n", type.ordinal(), number(type.bytes(), lowest)));
        assertEquals(OptionalLong.of(lowest), metadata.integer("n"));
        assertEquals(lowest, metadata.value("n"));
    }

    @Test
    void integersPastTheRangeOfLongAreRefused() {
        var metadata = read(new GgufWriter().u64("n", -1));
        refused("bad_number", () -> metadata.integer("n"));
    }

    @Test
    void arrayElementsPastThirtyTwoBitsAreRefused() {
        var metadata = read(new GgufWriter().array("n", ValueType.U32.ordinal(), 2, number(8, 0xFFFFFFFF00000001L)));
        var refusal = refused("bad_number", () -> metadata.integers("n"));
        assertTrue(refusal.getMessage().contains("index=1"), refusal.getMessage());
    }

    @Test
    void numbersThatAreNotFiniteAreRefusedButShown() {
        var metadata = read(new GgufWriter().f32("nan", Float.NaN).f32("inf", Float.POSITIVE_INFINITY)
                .value("f64", ValueType.F64.ordinal(), number(8, Double.doubleToLongBits(Double.NEGATIVE_INFINITY)))
                .decimals("scores", 0, Float.NaN));
        for (String key : List.of("nan", "inf", "f64")) {
            refused("bad_number", () -> metadata.decimal(key));
        }
        refused("bad_number", () -> metadata.decimals("scores"));
        assertEquals(Double.NaN, metadata.value("nan"));
    }

    @Test
    void textThatIsNotUtf8IsRefusedAsStringButGivenAsBytes() {
        byte[] text = {'a', (byte) 0xFF};
        var metadata = read(new GgufWriter().text("t", text).texts("ts", List.of(text, new byte[]{0})));
        refused("bad_text", () -> metadata.string("t"));
        assertArrayEquals(text, metadata.text("t").orElseThrow());
        assertArrayEquals(text, metadata.texts("ts").orElseThrow().getFirst());
        assertEquals("a\uFFFD", metadata.strings("ts").orElseThrow().getFirst());
        assertEquals("a\uFFFD", metadata.value("t"));
    }

    @Test
    void longArraysShowTheirFirstElements() {
        var metadata = read(HostileFile.base().integers("many", new int[1000]));
        var preview = assertInstanceOf(GgufMetadata.ArrayPreview.class, metadata.value("many"));
        assertEquals(1000, preview.size());
        assertEquals("i32", preview.elementType());
        assertEquals(8, preview.first().size());
        assertEquals(List.of("one", "", "three"), ((GgufMetadata.ArrayPreview) metadata.value("words")).first());
        assertEquals(List.of(false, true), ((GgufMetadata.ArrayPreview) metadata.value("flags")).first());
    }

    @Test
    void keysKeepTheOrderOfTheFile() {
        assertEquals("general.architecture", read(HostileFile.base()).keys().iterator().next());
    }

    @Test
    void refusalsEscapeWhatTheFileSays() {
        var metadata = read(new GgufWriter().u32("odd\u202Ekey\u2028", 1));
        var refusal = refused("wrong_type", () -> metadata.string("odd\u202Ekey\u2028"));
        assertEquals("odd\\u202ekey\\u2028", refusal.field());
    }
}
