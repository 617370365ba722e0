package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.sampling.SamplingOptions;
import java.util.ArrayList;
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

    /** Tokens per second of {@code answers} answers of {@code tokens} tokens at once, from the first to the last token. */
    double decode(int tokens, int answers) throws InterruptedException {
        var generations = new ArrayList<Generation>();
        long start = System.nanoTime();
        for (int i = 0; i < answers; i++) {
            generations.add(start(1, tokens + 1));
        }
        for (Generation generation : generations) {
            end(generation);
        }
        return (double) answers * (tokens + 1) * 1e9 / (System.nanoTime() - start);
    }

    private GenerationEvent.Usage run(int promptTokens, int answerTokens) throws InterruptedException {
        return end(start(promptTokens, answerTokens));
    }

    private Generation start(int promptTokens, int answerTokens) {
        int[] prompt = random.ints(promptTokens, 0, engine.tokenizer().vocabulary()).toArray();
        return engine.generate(new GenerationRequest(prompt, answerTokens, SamplingOptions.GREEDY, List.of(), -1, true,
                RequestClass.NORMAL, "bench", OptionalLong.empty()));
    }

    private static GenerationEvent.Usage end(Generation running) throws InterruptedException {
        try (Generation generation = running) {
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
