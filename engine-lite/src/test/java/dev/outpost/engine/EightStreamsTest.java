package dev.outpost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.GenerationEvent.Failed;
import dev.outpost.engine.GenerationEvent.Finished;
import dev.outpost.engine.GenerationEvent.Token;
import dev.outpost.engine.sampling.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real model through the engine's door: eight answers at once are those each request gets alone. */
@Timeout(300)
class EightStreamsTest {

    private static final int STREAMS = 8;
    private static final int TOKENS = 24;

    private record Answer(List<Token> tokens, GenerationEvent.Finished end) {}

    @Test
    void answersOfARealModelDoNotDependOnTheirNeighbours() throws InterruptedException {
        var file = SharedFiles.model("SmolLM2-135M-Instruct.Q4_1.gguf");
        var options = EngineOptions.DEFAULTS.withThreads(2).withContext(512).withParallel(STREAMS);
        List<Answer> alone = new ArrayList<>();
        try (Engine engine = Engine.open(file, options.withThreads(1))) {
            for (int i = 0; i < STREAMS; i++) {
                alone.add(collect(engine.generate(request(engine, i))));
            }
        }
        try (Engine engine = Engine.open(file, options)) {
            List<Generation> running = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                running.add(engine.generate(request(engine, i)));
            }
            for (int i = 0; i < STREAMS; i++) {
                Answer together = collect(running.get(i));
                assertEquals(alone.get(i).tokens(), together.tokens(), "stream " + i);
                assertEquals(alone.get(i).end().text(), together.end().text());
                assertEquals(alone.get(i).end().reason(), together.end().reason());
            }
            EngineStatus status = engine.status();
            assertEquals(STREAMS * TOKENS, status.generatedTokens());
            assertTrue(status.steps() < STREAMS * TOKENS / 2, "batched: steps=" + status.steps());
        }
    }

    private static GenerationRequest request(Engine engine, int i) {
        String text = "<|im_start|>user\nName " + (i + 2) + " things found " + "near the old harbour ".repeat(i)
                + "and say why.<|im_end|>\n<|im_start|>assistant\n";
        SamplingOptions sampling = i % 2 == 0
                ? SamplingOptions.GREEDY
                : new SamplingOptions(0.8f, 40, 0.95f, 0.05f, 1.1f, 0, 0, Map.of(), i);
        return new GenerationRequest(engine.tokenizer().encode(text, true), TOKENS, sampling, List.of(), 3, true,
                RequestClass.NORMAL, "client" + i % 2, OptionalLong.empty());
    }

    private static Answer collect(Generation generation) throws InterruptedException {
        List<Token> tokens = new ArrayList<>();
        while (true) {
            switch (generation.take()) {
                case Token token -> tokens.add(token);
                case Finished end -> {
                    return new Answer(tokens, end);
                }
                case Failed failed -> throw failed.cause();
            }
        }
    }
}
