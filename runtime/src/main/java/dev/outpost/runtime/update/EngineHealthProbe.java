package dev.outpost.runtime.update;

import dev.outpost.engine.Engine;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.prompt.Message;
import dev.outpost.engine.sampling.SamplingOptions;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.gate.ProbeFailedException;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Asks a loaded model golden questions: greedily, one user message through the model's own chat template, or as plain text
 * where it has none. A question's text is never logged. One thread at a time.
 */
public final class EngineHealthProbe implements HealthProbe {
    private static final String CLIENT = "golden-questions";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Function<ContentDigest, Optional<Engine>> engines;
    private final RequestClass requestClass;

    private EngineHealthProbe(Function<ContentDigest, Optional<Engine>> engines, RequestClass requestClass) {
        this.engines = engines;
        this.requestClass = requestClass;
    }

    /** For the gate: requests do not wait behind others, since a model may be on its way out for them. */
    public static EngineHealthProbe atTheGate(ModelSwap swap) {
        return new EngineHealthProbe(digest -> swap.loaded(digest).map(LoadedModel::engine), RequestClass.ALARM);
    }

    /** For the schedule: everybody else goes first. */
    public static EngineHealthProbe besideOthers(ModelSwap swap) {
        return new EngineHealthProbe(digest -> swap.loaded(digest).map(LoadedModel::engine), RequestClass.BATCH);
    }

    /** For a model that is released: there is this one. */
    public static EngineHealthProbe of(Engine engine) {
        return new EngineHealthProbe(digest -> Optional.of(engine), RequestClass.NORMAL);
    }

    /** Over one model. */
    static EngineHealthProbe over(LoadedModel model) {
        return new EngineHealthProbe(digest -> Optional.of(model).filter(it -> it.is(digest)).map(LoadedModel::engine),
                RequestClass.NORMAL);
    }

    @Override
    public Answer ask(ContentDigest model, GoldenQuestion question) throws ProbeFailedException {
        Engine engine = engines.apply(model).orElseThrow(
                () -> new ProbeFailedException("model is not loaded: digest=" + model.brief(), null));
        long begun = System.nanoTime();
        try {
            String text = answer(engine, request(engine, question));
            return new Answer(text, (System.nanoTime() - begun) / 1_000_000);
        } catch (EngineException e) {
            throw new ProbeFailedException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProbeFailedException("interrupted", e);
        }
    }

    private GenerationRequest request(Engine engine, GoldenQuestion question) {
        int[] prompt = engine.chatTemplate()
                .map(template -> engine.tokenizer().encode(
                        template.render(List.of(Message.of("user", question.prompt())), List.of(), true, Map.of()),
                        true))
                .orElseGet(() -> engine.tokenizer().encodePrompt(question.prompt(), true));
        return new GenerationRequest(prompt, question.maxTokens(), SamplingOptions.GREEDY, List.of(), -1, false,
                requestClass, CLIENT, OptionalLong.of(System.nanoTime() + PATIENCE.toNanos()));
    }

    private static String answer(Engine engine, GenerationRequest request)
            throws InterruptedException, ProbeFailedException {
        var text = new StringBuilder();
        try (Generation generation = engine.generate(request)) {
            while (true) {
                Optional<GenerationEvent> event = generation.poll(PATIENCE);
                if (event.isEmpty()) {
                    throw new ProbeFailedException("no answer: seconds=" + PATIENCE.toSeconds(), null);
                }
                switch (event.get()) {
                    case GenerationEvent.Token token -> text.append(token.text());
                    case GenerationEvent.Failed failed -> throw failed.cause();
                    case GenerationEvent.Finished finished -> {
                        return text.append(finished.text()).toString();
                    }
                }
            }
        }
    }
}
