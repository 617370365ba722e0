package dev.outpost.engine;

import dev.outpost.engine.sampling.SamplingOptions;
import java.util.List;
import java.util.OptionalLong;

/**
 * One prompt to be continued.
 *
 * @param prompt token ids, at least one
 * @param maxTokens most tokens to generate, at least 1; the context bounds it too
 * @param sampling how the next token is chosen
 * @param stop texts that end the answer and are not part of it; at most 16, none empty
 * @param topLogprobs how many alternatives each token reports, 0 to 20; -1: no log-probabilities at all
 * @param ignoreEnd goes on after an end-of-generation token (benchmarks)
 * @param requestClass scheduling class
 * @param client whom fairness counts this request for; no secret, may be logged
 * @param deadlineNanos {@link System#nanoTime()} after which the request ends with {@link FinishReason#DEADLINE}
 */
public record GenerationRequest(int[] prompt, int maxTokens, SamplingOptions sampling, List<String> stop,
        int topLogprobs, boolean ignoreEnd, RequestClass requestClass, String client, OptionalLong deadlineNanos) {

    public GenerationRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("prompt is empty: expected at least 1 token");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens out of range: expected >= 1, found=" + maxTokens);
        }
        if (topLogprobs < -1 || topLogprobs > 20) {
            throw new IllegalArgumentException("topLogprobs out of range: expected -1..20, found=" + topLogprobs);
        }
        if (stop.size() > 16 || stop.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("stop: expected at most 16 non-empty texts, found=" + stop.size());
        }
        prompt = prompt.clone();
        stop = List.copyOf(stop);
    }

    @Override
    public int[] prompt() {
        return prompt.clone();
    }
}
