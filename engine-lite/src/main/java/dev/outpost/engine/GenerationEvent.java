package dev.outpost.engine;

import dev.outpost.engine.failure.EngineException;
import java.util.List;

/** What a {@link Generation} reports. */
public sealed interface GenerationEvent {

    /**
     * A sampled token. The end-of-generation token that ends an answer is not reported, only counted.
     *
     * @param id token id
     * @param text what can be shown now: empty while a UTF-8 sequence or a possible stop text is held back
     * @param logprob natural log-probability under the raw logits (temperature 1, before any filter); NaN if not asked
     * @param top the likeliest alternatives under the same distribution, best first; empty if not asked
     */
    record Token(int id, String text, float logprob, List<TokenLogprob> top) implements GenerationEvent {}

    /**
     * The end of an answer.
     *
     * @param text what was still held back and belongs to the answer
     */
    record Finished(FinishReason reason, String text, Usage usage) implements GenerationEvent {}

    /** The end of a request that broke. */
    record Failed(EngineException cause) implements GenerationEvent {}

    /** One alternative: token id and natural log-probability. */
    record TokenLogprob(int id, float logprob) {}

    /**
     * Token counts and times of one request.
     *
     * @param promptTokens all tokens of the prompt, cached ones included
     * @param cachedTokens those taken from a reused prefix
     * @param completionTokens sampled tokens
     * @param queuedNanos from submission to the first batch
     * @param prefillNanos from the first batch to the first sampled token
     * @param decodeNanos from the first sampled token to the last
     */
    record Usage(int promptTokens, int cachedTokens, int completionTokens, long queuedNanos, long prefillNanos,
            long decodeNanos) {}
}
