package dev.outpost.runtime.request;

import dev.outpost.engine.Engine;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.prompt.ChatTemplate;
import dev.outpost.engine.sampling.SamplingOptions;
import dev.outpost.runtime.admission.Admission;
import dev.outpost.runtime.admission.Permit;
import dev.outpost.runtime.request.InferenceRefusedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Turns a request into generations of one engine. Any thread; the work before generation is the caller's.
 *
 * <p>A request is admitted before it is rendered and tokenised: that is work too, and a full queue answers at once.
 */
public final class Inference {

    private final Engine engine;
    private final Admission admission;

    public Inference(Engine engine, Admission admission) {
        this.engine = engine;
        this.admission = admission;
    }

    public Engine engine() {
        return engine;
    }

    /**
     * Starts all choices of a request.
     *
     * @throws InferenceRefusedException if the model cannot take it
     * @throws dev.outpost.runtime.admission.AdmissionRefusedException if there is no room now
     * @throws dev.outpost.engine.failure.EngineException if the engine refuses or breaks
     */
    public Answer answer(InferenceRequest.Generating request) {
        AnswerOptions options = request.options();
        OptionalLong deadline = OptionalLong.of(System.nanoTime() + options.timeLimit().toNanos());
        checkBias(options.sampling());
        int prompts = switch (request) {
            case InferenceRequest.Chat _ -> 1;
            case InferenceRequest.Completion completion -> completion.prompts().size();
        };
        int places = prompts * options.choices();
        if (places > admission.placesPerClient()) {
            throw new InferenceRefusedException(Reason.INVALID_VALUE, "n",
                    "more choices than can run and wait at once: "
                            + "expected at most " + admission.placesPerClient() + ", found=" + places,
                    Map.of());
        }
        Permit permit = admission.admit(options.requestClass(), options.client(), places);
        try {
            List<int[]> tokens = tokens(request);
            String parameter = request instanceof InferenceRequest.Chat ? "messages" : "prompt";
            tokens.forEach(each -> requireRoom(each, 1, parameter));
            return start(tokens, options, deadline, permit);
        } catch (RuntimeException | Error failure) {
            permit.close();
            throw failure;
        }
    }

    /**
     * Embeds the inputs one after the other, each of unit length. Blocks; an interrupt ends it.
     */
    public Embeddings embed(InferenceRequest.Embedding request) throws InterruptedException {
        try (Permit _ = admission.admit(request.requestClass(), request.client(), 1)) {
            var vectors = new ArrayList<float[]>();
            int promptTokens = 0;
            for (Prompt input : request.inputs()) {
                int[] tokens = tokens(input, "input");
                requireRoom(tokens, 0, "input");
                vectors.add(unit(engine.embed(tokens, request.requestClass(), request.client())));
                promptTokens += tokens.length;
            }
            return new Embeddings(vectors, promptTokens);
        }
    }

    /** The text that a completion with {@code echo} begins with. */
    public String text(int[] tokens) {
        return engine.tokenizer().decode(tokens, true);
    }

    private List<int[]> tokens(InferenceRequest.Generating request) {
        return switch (request) {
            case InferenceRequest.Chat chat -> List.of(render(chat));
            case InferenceRequest.Completion completion ->
                completion.prompts().stream().map(prompt -> tokens(prompt, "prompt")).toList();
        };
    }

    private int[] render(InferenceRequest.Chat chat) {
        ChatTemplate template = engine.chatTemplate()
                .orElseThrow(() -> new InferenceRefusedException(Reason.UNSUPPORTED_VALUE, "messages",
                        "model has no chat template: use /v1/completions", Map.of()));
        String text = template.render(chat.messages(), chat.tools(), true, chat.templateExtra());
        return engine.tokenizer().encode(text, true);
    }

    private int[] tokens(Prompt prompt, String parameter) {
        int[] ids = switch (prompt) {
            case Prompt.Text text -> engine.tokenizer().encodePrompt(text.text(), true);
            case Prompt.Tokens tokens -> tokens.ids();
        };
        if (ids.length == 0) {
            throw new InferenceRefusedException(Reason.INVALID_VALUE, parameter,
                    parameter + " is empty: expected at least 1 token", Map.of());
        }
        int vocabulary = engine.tokenizer().vocabulary();
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new InferenceRefusedException(Reason.INVALID_VALUE, parameter,
                        "token id out of range: expected 0.." + (vocabulary - 1) + ", found=" + id, Map.of());
            }
        }
        return ids;
    }

    private Answer start(List<int[]> prompts, AnswerOptions options, OptionalLong deadline, Permit permit) {
        var generations = new ArrayList<Generation>();
        try {
            for (int[] tokens : prompts) {
                for (int choice = 0; choice < options.choices(); choice++) {
                    generations.add(engine.generate(generation(tokens, choice, options, deadline)));
                }
            }
        } catch (RuntimeException | Error failure) {
            generations.forEach(Generation::close);
            throw failure;
        }
        return new Answer(prompts, generations, permit);
    }

    private GenerationRequest generation(int[] tokens, int choice, AnswerOptions options, OptionalLong deadline) {
        int room = engine.card().context() - tokens.length;
        OptionalInt asked = options.maxTokens();
        int maxTokens = asked.isPresent() ? Math.min(asked.getAsInt(), room) : room;
        return new GenerationRequest(tokens, maxTokens, seeded(options.sampling(), choice), options.stop(),
                options.topLogprobs(), options.ignoreEnd(), options.requestClass(), options.client(), deadline);
    }

    private void requireRoom(int[] tokens, int answerTokens, String parameter) {
        int context = engine.card().context();
        if (tokens.length + answerTokens > context) {
            throw new InferenceRefusedException(Reason.CONTEXT_LENGTH_EXCEEDED, parameter,
                    "prompt does not fit the context: n_prompt_tokens=" + tokens.length + ", n_ctx=" + context
                            + (answerTokens > 0 ? ", of which at least 1 is the answer's" : ""),
                    Map.of("n_prompt_tokens", (long) tokens.length, "n_ctx", (long) context));
        }
    }

    private void checkBias(SamplingOptions sampling) {
        int vocabulary = engine.tokenizer().vocabulary();
        for (int id : sampling.logitBias().keySet()) {
            if (id >= vocabulary) {
                throw new InferenceRefusedException(Reason.INVALID_VALUE, "logit_bias." + id,
                        "token id out of range: expected 0.." + (vocabulary - 1) + ", found=" + id, Map.of());
            }
        }
    }

    private static SamplingOptions seeded(SamplingOptions options, int choice) {
        return new SamplingOptions(options.temperature(), options.topK(), options.topP(), options.minP(),
                options.repeatPenalty(), options.frequencyPenalty(), options.presencePenalty(), options.logitBias(),
                options.seed() + choice);
    }

    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
        var unit = new float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            unit[i] = (float) (vector[i] * scale);
        }
        return unit;
    }

    /**
     * @param vectors one per input, [hidden], of unit length
     * @param promptTokens tokens of all inputs
     */
    public record Embeddings(List<float[]> vectors, int promptTokens) {}
}
