package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.sampling.SamplingOptions;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Measures one engine the way llama-bench does: random tokens, an empty context, no sampling worth the name.
 *
 * <p>Each prompt begins with a token of its own, so that no prefix is reused.
 */
final class SpeedRun {

    private final Engine engine;
    private final Random random = new Random(42);

    SpeedRun(Engine engine) {
        this.engine = engine;
    }

    /** Tokens per second of reading {@code tokens} tokens at once. */
    double prefill(int tokens) throws InterruptedException {
        return tokens * 1e9 / run(tokens, 1).prefillNanos();
    }

    /** Tokens per second of writing {@code tokens} tokens, one after the other, after a prompt of one. */
    double decode(int tokens) throws InterruptedException {
        return tokens * 1e9 / run(1, tokens + 1).decodeNanos();
    }

    private GenerationEvent.Usage run(int promptTokens, int answerTokens) throws InterruptedException {
        int[] prompt = random.ints(promptTokens, 0, engine.tokenizer().vocabulary()).toArray();
        var request = new GenerationRequest(prompt, answerTokens, SamplingOptions.GREEDY, List.of(), -1, true,
                RequestClass.NORMAL, "bench", OptionalLong.empty());
        try (Generation generation = engine.generate(request)) {
            while (true) {
                switch (generation.take()) {
                    case GenerationEvent.Token ignored -> {
                        continue;
                    }
                    case GenerationEvent.Finished end -> {
                        return end.usage();
                    }
                    case GenerationEvent.Failed failed -> throw failed.cause();
                }
            }
        }
    }
}
