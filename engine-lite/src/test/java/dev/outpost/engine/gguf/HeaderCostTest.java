package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.ModelRejectedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening takes time linear in the header, and heap by what is there rather than by what is claimed. */
class HeaderCostTest {

    private static final int KEYS = 50_000;
    private static final long MOST_NANOS_OF_KEYS = 150_000_000;

    @TempDir
    Path folder;

    private Path keys(IntFunction<String> key) {
        GgufWriter writer = new GgufWriter();
        for (int i = 0; i < KEYS; i++) {
            writer.value(key.apply(i), ValueType.U8.ordinal(), new byte[1]);
        }
        return writer.write(folder.resolve("keys.gguf"));
    }

    private static void assertLinear(Path path) {
        GgufLimits limits = GgufLimits.DEFAULT.withKeys(KEYS);
        long nanos = Cost.bestNanos(() -> {
            try (GgufFile file = GgufFile.open(path, limits)) {
                assertEquals(KEYS, file.metadata().keys().size());
            }
        });
        assertTrue(nanos <= MOST_NANOS_OF_KEYS, () -> "nanos=" + nanos);
    }

    @Test
    void fiftyThousandKeysOpenWithinTheirTime() {
        assertLinear(keys(i -> "key." + i));
    }

    /** Keys of one hash code: a table of buckets that are lists would take 50,000 x 25,000 comparisons. */
    @Test
    void fiftyThousandKeysThatCollideOpenWithinTheirTime() {
        assertLinear(keys(i -> {
            var key = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            return key.toString();
        }));
    }

    @Test
    void fiftyThousandKeysAreMoreThanAModelMayHave() {
        Path path = keys(i -> "key." + i);
        Cost.assertSmall(() -> assertEquals("bad_count",
                assertThrows(ModelRejectedException.class, () -> GgufFile.open(path)).code()));
    }

    @Test
    void asManyTensorsAsAllowedOpenWithinTheirTime() {
        GgufWriter writer = new GgufWriter();
        for (int i = 0; i < GgufLimits.DEFAULT.tensors(); i++) {
            writer.tensor("tensor." + i, new float[8], 8);
        }
        Path path = writer.write(folder.resolve("tensors.gguf"));
        long nanos = Cost.bestNanos(() -> GgufFile.open(path).close());
        assertTrue(nanos <= MOST_NANOS_OF_KEYS, () -> "nanos=" + nanos);
        Cost.assertSmall(() -> GgufFile.open(path).close());
    }

    @Test
    void aVocabularyOfAQuarterMillionTokensIsHeldCompactly() {
        var tokens = new ArrayList<byte[]>();
        for (int i = 0; i < 262_144; i++) {
            tokens.add(("token" + i).getBytes(StandardCharsets.US_ASCII));
        }
        Path path = new GgufWriter().texts("tokenizer.ggml.tokens", tokens).write(folder.resolve("words.gguf"));
        Cost.assertSmall(() -> {
            try (GgufFile file = GgufFile.open(path)) {
                List<byte[]> held = file.metadata().texts("tokenizer.ggml.tokens").orElseThrow();
                assertEquals("token262143", new String(held.getLast(), StandardCharsets.US_ASCII));
            }
        });
    }

    @Test
    void theLongestArrayOfStringsStaysWithinTheHeap() {
        int most = GgufLimits.DEFAULT.arrayElements();
        Path path = new GgufWriter().array("empty", ValueType.STRING.ordinal(), most, new byte[most * 8])
                .write(folder.resolve("empty.gguf"));
        GgufFile.open(path).close();
        Cost.assertSmall(() -> {
            try (GgufFile file = GgufFile.open(path)) {
                assertEquals(most, file.metadata().texts("empty").orElseThrow().size());
            }
        });
    }

    @Test
    void metadataPastItsLimitIsRefused() {
        GgufLimits limits = GgufLimits.DEFAULT.withMetadataBytes(4L << 20);
        GgufWriter writer = new GgufWriter();
        byte[] text = new byte[1 << 20];
        for (int i = 0; i < 5; i++) {
            writer.text("text." + i, text);
        }
        Path path = writer.write(folder.resolve("long.gguf"));
        Cost.assertSmall(() -> assertEquals("metadata_too_long",
                assertThrows(ModelRejectedException.class, () -> GgufFile.open(path, limits)).code()));
    }
}
