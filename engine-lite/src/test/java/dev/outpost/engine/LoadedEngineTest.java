package dev.outpost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.failure.TemplateException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.prompt.Message;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.engine.sampling.SamplingOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's door, from a file to answers. */
@Timeout(60)
class LoadedEngineTest {

    private static final EngineOptions OPTIONS = EngineOptions.DEFAULTS.withThreads(2).withContext(128).withParallel(2)
            .withMemoryBudgetBytes(4L << 30).withHeapBytes(512L << 20);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3"})
    void answersFromAFile(String architecture) throws InterruptedException {
        var file = TinyModel.of(architecture, QuantType.Q4_1).write(folder.resolve("m.gguf"));
        try (var engine = Engine.open(file, OPTIONS)) {
            assertEquals(architecture, engine.card().architecture());
            assertEquals("Q4_1", engine.card().quantisation());
            assertEquals(128, engine.card().context());
            assertEquals("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", engine.chatTemplate().orElseThrow()
                    .render(List.of(Message.of("user", "Hi")), List.of(), true, Map.of()));
            var answer = answer(engine, 12);
            assertEquals(answer, answer(engine, 12));
            assertInstanceOf(GenerationEvent.Finished.class, answer.getLast());
        }
    }

    @Test
    void servesPlainPromptsOfAModelWhoseTemplateCannotBeRead() throws InterruptedException, IOException {
        var writer = TinyModel.of("llama", QuantType.Q8_0).writer();
        byte[] bytes = writer.bytes();
        int template = writer.mark("value tokenizer.chat_template") + Long.BYTES;
        bytes[template + 1] = '{';
        try (var engine = Engine.open(Files.write(folder.resolve("m.gguf"), bytes), OPTIONS)) {
            assertInstanceOf(GenerationEvent.Finished.class, answer(engine, 4).getLast());
            var refused = assertThrows(TemplateException.class, () -> engine.chatTemplate().orElseThrow()
                    .render(List.of(Message.of("user", "Hi")), List.of(), true, Map.of()));
            assertEquals(TemplateException.Reason.MALFORMED, refused.reason());
        }
    }

    @Test
    void scoresWhatItThenGenerates() throws InterruptedException {
        var file = TinyModel.of("llama", QuantType.Q8_0).write(folder.resolve("m.gguf"));
        try (var engine = Engine.open(file, OPTIONS)) {
            var first = (GenerationEvent.Token) answer(engine, 1).getFirst();
            var rows = new ArrayList<float[]>();
            engine.score(prompt(engine), (position, logits) -> rows.add(logits.clone()));
            assertEquals(prompt(engine).length, rows.size());
            assertEquals(first.id(), best(rows.getLast()));
        }
    }

    @Test
    void embedsTheSameTextAlikeWhateverTheThreads() throws InterruptedException {
        var file = TinyModel.of("qwen3", QuantType.Q5_1).write(folder.resolve("m.gguf"));
        float[] expected;
        try (var engine = Engine.open(file, OPTIONS.withThreads(1))) {
            expected = engine.embed(prompt(engine), RequestClass.NORMAL, "");
            assertEquals(64, expected.length);
        }
        try (var engine = Engine.open(file, OPTIONS.withThreads(3))) {
            assertArrayEquals(expected, engine.embed(prompt(engine), RequestClass.NORMAL, ""));
        }
    }

    @Test
    void refusesABudgetThatIsTooSmallWithTheNumbers() {
        var file = TinyModel.of("llama", QuantType.F32).write(folder.resolve("m.gguf"));
        var refused = assertThrows(BudgetRefusedException.class,
                () -> Engine.open(file, OPTIONS.withMemoryBudgetBytes(1 << 20)));
        assertEquals(1 << 20, refused.budgetBytes());
        assertTrue(refused.neededBytes() > OPTIONS.jvmBytes());
        assertFalse(Engine.plan(file, OPTIONS.withMemoryBudgetBytes(1 << 20)).fits());
    }

    @Test
    void rejectsAVocabularyOfAnotherLengthThanTheEmbedding() throws IOException {
        var tiny = TinyModel.of("llama", QuantType.F32);
        // Wide enough that a row which no tensor owns counts as padding.
        var writer = tiny.writer().alignment(4096);
        byte[] bytes = writer.bytes();
        var patched = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // One row less in embedding, head and vocab_size: they agree with each other, not with the tokens.
        for (String name : List.of("token_embd.weight", "output.weight")) {
            int rows = writer.mark("shape " + name) + 4 + 8;
            patched.putLong(rows, patched.getLong(rows) - 1);
        }
        patched.putInt(writer.mark("value llama.vocab_size"), tiny.vocabulary() - 1);
        var file = Files.write(folder.resolve("m.gguf"), bytes);
        var rejected = assertThrows(ModelRejectedException.class, () -> Engine.open(file, OPTIONS));
        assertEquals("vocabulary_mismatch", rejected.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"output.weight", "blk.0.ffn_down.weight", "blk.1.attn_q.weight"})
    void endsARequestWhoseWeightsOverflowWithATypedFault(String tensor)
            throws InterruptedException, IOException {
        var file = withMatrix(tensor, value -> Math.signum(value) * 3e38f);
        try (var engine = Engine.open(file, OPTIONS)) {
            var failed = assertInstanceOf(GenerationEvent.Failed.class, answer(engine, 8).getLast());
            assertEquals("sampler_failed", assertInstanceOf(EngineFaultException.class, failed.cause()).code());
            // The engine lives on and says so again.
            assertInstanceOf(GenerationEvent.Failed.class, answer(engine, 8).getLast());
            if (!tensor.equals("output.weight")) {
                assertThrows(EngineFaultException.class,
                        () -> engine.embed(prompt(engine), RequestClass.NORMAL, ""));
            }
        }
    }

    @Test
    void boundsTheOutputOfValuesPastTheRangeOfTheCache() throws InterruptedException, IOException {
        var file = withMatrix("blk.1.attn_v.weight", value -> Math.signum(value) * 3e38f);
        try (var engine = Engine.open(file, OPTIONS)) {
            assertInstanceOf(GenerationEvent.Finished.class, answer(engine, 8).getLast());
        }
    }

    @Test
    void boundsTheOutputOfWeightsThatAreAllZero() throws InterruptedException, IOException {
        var file = withMatrix("", value -> 0);
        try (var engine = Engine.open(file, OPTIONS)) {
            var events = answer(engine, 8);
            assertEquals(9, events.size());
            assertEquals(FinishReason.LENGTH,
                    assertInstanceOf(GenerationEvent.Finished.class, events.getLast()).reason());
        }
    }

    @Test
    void closesTwice() {
        var file = TinyModel.of("llama", QuantType.F32).write(folder.resolve("m.gguf"));
        var engine = Engine.open(file, OPTIONS);
        engine.close();
        engine.close();
    }

    /** A llama file one of whose matrices, or all for an empty name, is changed value by value; norms stay. */
    private Path withMatrix(String name, DoubleUnaryOperator change) throws IOException {
        var file = TinyModel.of("llama", QuantType.F32).write(folder.resolve("m.gguf"));
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        try (var opened = GgufFile.open(file)) {
            for (var tensor : opened.tensors()) {
                boolean changed = tensor.rows() > 1 && (name.isEmpty() || name.equals(tensor.name()));
                for (int i = 0; changed && i < tensor.elements(); i++) {
                    int at = (int) tensor.offset() + Float.BYTES * i;
                    bytes.putFloat(at, (float) change.applyAsDouble(bytes.getFloat(at)));
                }
            }
        }
        return Files.write(folder.resolve("changed.gguf"), bytes.array());
    }

    private static int[] prompt(Engine engine) {
        return engine.tokenizer().encode("the user and 7 others", false);
    }

    private static List<GenerationEvent> answer(Engine engine, int maxTokens) throws InterruptedException {
        var request = new GenerationRequest(prompt(engine), maxTokens, SamplingOptions.GREEDY, List.of(), -1, true,
                RequestClass.NORMAL, "", OptionalLong.empty());
        var events = new ArrayList<GenerationEvent>();
        try (var generation = engine.generate(request)) {
            do {
                events.add(withoutTimes(generation.take()));
            } while (events.getLast() instanceof GenerationEvent.Token);
        }
        return events;
    }

    private static GenerationEvent withoutTimes(GenerationEvent event) {
        return switch (event) {
            case GenerationEvent.Token token ->
                new GenerationEvent.Token(token.id(), token.text(), 0, token.top());
            case GenerationEvent.Finished(var reason, var text, var usage) -> new GenerationEvent.Finished(reason, text,
                    new GenerationEvent.Usage(usage.promptTokens(), 0, usage.completionTokens(), 0, 0, 0));
            case GenerationEvent.Failed failed -> failed;
        };
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
