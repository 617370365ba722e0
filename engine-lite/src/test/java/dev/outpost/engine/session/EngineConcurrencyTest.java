package dev.outpost.engine.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.model.Model;
import dev.outpost.engine.model.ModelReader;
import dev.outpost.engine.model.PlanRequest;
import dev.outpost.engine.model.llama.Llama;
import dev.outpost.engine.model.qwen.Qwen3;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.engine.sampling.SamplingOptions;
import dev.outpost.engine.schedule.ScheduleOptions;
import dev.outpost.engine.session.Bench.Answer;
import dev.outpost.engine.telemetry.CliffReport;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real forward passes of a tiny model: what runs beside a request does not show in its answer. */
@Timeout(120)
class EngineConcurrencyTest {

    private static final int STREAMS = 8;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"llama, Q4_1, F16, 16", "qwen3, Q8_0, Q8_0, 32"})
    void eightStreamsAnswerAsEachAlone(String architecture, QuantType weights, KvType kvType, int headDim)
            throws InterruptedException {
        Path file = TinyModel.of(architecture, weights).withSizes(64, 2, 4, 2, headDim, 96)
                .write(folder.resolve("tiny.gguf"));
        List<Answer> alone = new ArrayList<>();
        float[] embedding;
        try (Loaded loaded = new Loaded(file, kvType, 1, 1)) {
            for (int i = 0; i < STREAMS; i++) {
                alone.add(Bench.collect(loaded.sessions.generate(request(i))));
            }
            embedding = loaded.sessions.embed(request(0).prompt(), RequestClass.NORMAL, "e");
        }
        try (Loaded loaded = new Loaded(file, kvType, STREAMS, 2)) {
            for (int round = 0; round < 2; round++) {
                List<Generation> running = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    running.add(loaded.sessions.generate(request(i)));
                }
                assertArrayEquals(embedding,
                        loaded.sessions.embed(request(0).prompt(), RequestClass.NORMAL, "e"));
                for (int i = 0; i < STREAMS; i++) {
                    Answer answer = Bench.collect(running.get(i));
                    assertEquals(alone.get(i).tokens(), answer.tokens());
                    assertEquals(alone.get(i).text(), answer.text());
                    assertEquals(alone.get(i).reason(), answer.reason());
                }
            }
            assertTrue(loaded.sessions.status().cachedTokens() > 0, "the second round starts from stored prefixes");
        }
    }

    private static GenerationRequest request(int i) {
        int[] prompt = new int[4 + 11 * i];
        for (int at = 0; at < prompt.length; at++) {
            prompt[at] = 1 + (at * 37 + i * 53) % 200;
        }
        SamplingOptions sampling = i % 2 == 0
                ? SamplingOptions.GREEDY
                : new SamplingOptions(0.9f, 50, 0.95f, 0, 1.1f, 0, 0, Map.of(), i);
        return new GenerationRequest(prompt, 24, sampling, List.of(), 2, true, RequestClass.NORMAL, "client" + i % 3,
                OptionalLong.empty());
    }

    /** What the engine's door wires, without the door's own file checks. */
    private static final class Loaded implements AutoCloseable {

        final Sessions sessions;
        private final Kernels kernels;
        private final Model model;

        Loaded(Path path, KvType kvType, int slots, int threads) {
            kernels = Kernels.open(threads, IsaLevel.SCALAR);
            try (GgufFile file = GgufFile.open(path)) {
                model = ModelReader.read(file, List.of(new Llama(), new Qwen3()))
                        .load(new PlanRequest(256, slots, kvType, Long.MAX_VALUE, Long.MAX_VALUE, 0), kernels);
                sessions = new Sessions(model, Tokenizer.read(file.metadata()), new ScheduleOptions(slots,
                        model.shape().context(), model.shape().maxRows(), Duration.ofMillis(50), 16),
                        new CliffReport());
            }
        }

        @Override
        public void close() {
            sessions.close();
            model.close();
            kernels.close();
        }
    }
}
