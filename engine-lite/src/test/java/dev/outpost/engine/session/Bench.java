package dev.outpost.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationEvent.Failed;
import dev.outpost.engine.GenerationEvent.Finished;
import dev.outpost.engine.GenerationEvent.Token;
import dev.outpost.engine.GenerationEvent.Usage;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.model.ScriptedModel;
import dev.outpost.engine.sampling.SamplingOptions;
import dev.outpost.engine.schedule.ScheduleOptions;
import dev.outpost.engine.telemetry.CliffReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** Sessions over a scripted model, and what tests ask of them. */
final class Bench implements AutoCloseable {

    static final int VOCABULARY = 300;
    static final int CONTEXT = 512;

    /** What a generation came to. */
    record Answer(List<Integer> ids, String text, FinishReason reason, Usage usage, List<Token> tokens) {}

    final ScriptedModel model;
    final Sessions sessions;
    private boolean closed;

    Bench(ScriptedModel.Rule rule, int slots) {
        this(new ScriptedModel(VOCABULARY, CONTEXT, rule), slots, 16);
    }

    Bench(ScriptedModel model, int slots, int queueLimit) {
        this.model = model;
        this.sessions = new Sessions(model, new ByteTokens(VOCABULARY),
                new ScheduleOptions(slots, CONTEXT, 256, Duration.ofMillis(50), queueLimit), new CliffReport());
    }

    /** A request with the usual defaults; the {@code with} methods change one thing. */
    record Ask(int[] prompt, int maxTokens, SamplingOptions sampling, List<String> stop, int topLogprobs,
            boolean ignoreEnd, RequestClass requestClass, String client, OptionalLong deadline) {

        static Ask of(int[] prompt, int maxTokens) {
            return new Ask(prompt, maxTokens, SamplingOptions.GREEDY, List.of(), -1, true, RequestClass.NORMAL, "a",
                    OptionalLong.empty());
        }

        Ask seeded(long seed) {
            return new Ask(prompt, maxTokens,
                    new SamplingOptions(1, 0, 0.9f, 0, 1.1f, 0.1f, 0.1f, Map.of(), seed), stop, topLogprobs,
                    ignoreEnd, requestClass, client, deadline);
        }

        Ask stop(String... texts) {
            return new Ask(prompt, maxTokens, sampling, List.of(texts), topLogprobs, ignoreEnd, requestClass, client,
                    deadline);
        }

        Ask logprobs(int top) {
            return new Ask(prompt, maxTokens, sampling, stop, top, ignoreEnd, requestClass, client, deadline);
        }

        Ask heedingEnd() {
            return new Ask(prompt, maxTokens, sampling, stop, topLogprobs, false, requestClass, client, deadline);
        }

        Ask as(RequestClass value, String name) {
            return new Ask(prompt, maxTokens, sampling, stop, topLogprobs, ignoreEnd, value, name, deadline);
        }

        Ask within(Duration time) {
            return new Ask(prompt, maxTokens, sampling, stop, topLogprobs, ignoreEnd, requestClass, client,
                    OptionalLong.of(System.nanoTime() + time.toNanos()));
        }

        GenerationRequest request() {
            return new GenerationRequest(prompt, maxTokens, sampling, stop, topLogprobs, ignoreEnd, requestClass,
                    client, deadline);
        }
    }

    static int[] prompt(int length, int salt) {
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] = Math.floorMod((i + 1) * 31 + salt * 17 + i * i * salt, 256);
        }
        return prompt;
    }

    Generation start(Ask ask) {
        return sessions.generate(ask.request());
    }

    Answer answer(Ask ask) throws InterruptedException {
        return collect(start(ask));
    }

    static Answer collect(Generation generation) throws InterruptedException {
        List<Token> tokens = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        while (true) {
            GenerationEvent event = generation.poll(Duration.ofSeconds(60))
                    .orElseThrow(() -> new AssertionError("no event within 60 s"));
            switch (event) {
                case Token token -> {
                    tokens.add(token);
                    text.append(token.text());
                }
                case Finished end -> {
                    text.append(end.text());
                    return new Answer(tokens.stream().map(Token::id).toList(), text.toString(), end.reason(),
                            end.usage(), tokens);
                }
                case Failed failed -> throw failed.cause();
            }
        }
    }

    static EngineException failure(Generation generation) throws InterruptedException {
        try {
            collect(generation);
        } catch (EngineException e) {
            return e;
        }
        throw new AssertionError("expected a failure");
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "condition did not come true within 30 s");
            Thread.sleep(1);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            sessions.close();
            assertEquals(0, sessions.status().running());
            assertEquals(0, sessions.status().queued());
            model.close();
        }
    }
}
