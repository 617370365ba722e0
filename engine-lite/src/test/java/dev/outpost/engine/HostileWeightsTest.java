package dev.outpost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.gguf.LeftOpen;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.engine.sampling.SamplingOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose header is right and whose weights are not: refused at load, or an answer that ends. */
@Timeout(60)
class HostileWeightsTest {

    private static final EngineOptions SMALL = EngineOptions.DEFAULTS.withThreads(1).withContext(64).withParallel(1);
    private static final int MOST_TOKENS = 8;

    @TempDir
    Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("hostile.gguf"), bytes);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static GenerationEvent lastEvent(Engine engine) throws InterruptedException {
        var request = new GenerationRequest(new int[]{1, 2, 3}, MOST_TOKENS, SamplingOptions.GREEDY, List.of(), -1,
                true, RequestClass.NORMAL, "test", OptionalLong.empty());
        try (Generation generation = engine.generate(request)) {
            for (int i = 0; i <= MOST_TOKENS; i++) {
                GenerationEvent event = generation.take();
                if (!(event instanceof GenerationEvent.Token)) {
                    return event;
                }
            }
        }
        throw new AssertionError("more events than tokens asked for");
    }

    static Stream<QuantType> supportedTypes() {
        return Arrays.stream(QuantType.values()).filter(QuantType::supported);
    }

    /** Puts a value that is not finite into the first block of a matrix, as its scale. */
    private static byte[] poisoned(QuantType type, int half, int single) {
        GgufWriter writer = TinyModel.of("llama", type).writer();
        byte[] bytes = writer.bytes();
        int block = writer.mark("data blk.0.attn_output.weight");
        switch (type) {
            case F32 -> little(bytes).putInt(block, single);
            case BF16 -> little(bytes).putShort(block, (short) (single >> 16));
            case Q6_K -> little(bytes).putShort(block + 208, (short) half);
            default -> little(bytes).putShort(block, (short) half);
        }
        return bytes;
    }

    private void assertRefused(byte[] bytes, String field) throws IOException {
        Path path = write(bytes);
        var refusal = assertThrows(ModelRejectedException.class, () -> Engine.open(path, SMALL).close());
        assertEquals("non_finite_weight", refusal.code());
        assertEquals(field, refusal.field());
        LeftOpen.assertNothingOf(path);
    }

    @ParameterizedTest
    @MethodSource("supportedTypes")
    void aScaleThatIsNotANumberIsRefused(QuantType type) throws IOException {
        assertRefused(poisoned(type, 0x7E00, 0x7FC00000), "blk.0.attn_output.weight");
    }

    @ParameterizedTest
    @MethodSource("supportedTypes")
    void anInfiniteScaleIsRefused(QuantType type) throws IOException {
        assertRefused(poisoned(type, 0xFC00, 0xFF800000), "blk.0.attn_output.weight");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Q4_1", "Q5_1", "Q4_K", "Q5_K"})
    void aMinimumThatIsNotANumberIsRefused(QuantType type) throws IOException {
        GgufWriter writer = TinyModel.of("llama", type).writer();
        byte[] bytes = writer.bytes();
        little(bytes).putShort(writer.mark("data blk.1.ffn_up.weight") + 2, (short) 0x7E00);
        assertRefused(bytes, "blk.1.ffn_up.weight");
    }

    @Test
    void aNormThatIsNotANumberIsRefused() throws IOException {
        GgufWriter writer = TinyModel.of("qwen3", QuantType.Q8_0).writer();
        byte[] bytes = writer.bytes();
        little(bytes).putFloat(writer.mark("data blk.1.attn_k_norm.weight") + 4, Float.NaN);
        assertRefused(bytes, "blk.1.attn_k_norm.weight");
    }

    @ParameterizedTest
    @MethodSource("supportedTypes")
    void weightsOfZeroMakeAnAnswerThatEnds(QuantType type) throws IOException, InterruptedException {
        GgufWriter writer = TinyModel.of("llama", type).writer();
        byte[] bytes = writer.bytes();
        Arrays.fill(bytes, writer.mark("data token_embd.weight"), bytes.length, (byte) 0);
        try (Engine engine = Engine.open(write(bytes), SMALL)) {
            var finished = assertInstanceOf(GenerationEvent.Finished.class, lastEvent(engine));
            assertEquals(FinishReason.LENGTH, finished.reason());
        }
    }

    /** The largest finite scales: sums overflow, logits are infinite or no numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"F32", "BF16"})
    void weightsThatOverflowFailTheRequestNotTheEngine(QuantType type) throws IOException, InterruptedException {
        GgufWriter writer = TinyModel.of("llama", type).writer();
        byte[] bytes = writer.bytes();
        for (int at = writer.mark("data blk.0.attn_norm.weight"); at + 4 <= bytes.length; at += 4) {
            little(bytes).putInt(at, 0x7F7F7F7F);
        }
        try (Engine engine = Engine.open(write(bytes), SMALL)) {
            for (int request = 0; request < 3; request++) {
                var failed = assertInstanceOf(GenerationEvent.Failed.class, lastEvent(engine));
                var fault = assertInstanceOf(EngineFaultException.class, failed.cause());
                assertEquals("sampler_failed", fault.code());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE})
    void frequencyFactorsOutOfRangeAreRefused(float factor) throws IOException {
        GgufWriter writer = TinyModel.of("llama", QuantType.Q8_0).withRopeFactors(true).writer();
        byte[] bytes = writer.bytes();
        little(bytes).putFloat(writer.mark("data rope_freqs.weight"), factor);
        Path path = write(bytes);
        var refusal = assertThrows(ModelRejectedException.class, () -> Engine.open(path, SMALL).close());
        assertEquals("rope_freqs.weight", refusal.field());
        assertTrue(refusal.getMessage().contains("found="), refusal.getMessage());
    }
}
