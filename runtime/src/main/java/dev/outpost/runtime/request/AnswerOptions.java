package dev.outpost.runtime.request;

import dev.outpost.engine.RequestClass;
import dev.outpost.engine.sampling.SamplingOptions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * How an answer is made.
 *
 * @param maxTokens most tokens of one choice; empty: up to the end of the context
 * @param choices how many answers to each prompt, at least 1; choice {@code i} draws with {@code seed + i}
 * @param stop texts that end a choice and are not part of it
 * @param topLogprobs alternatives reported with each token, 0 to 20; -1: no log-probabilities
 * @param ignoreEnd goes on after an end-of-generation token
 * @param requestClass scheduling class
 * @param client whom fairness counts this request for; may be logged
 * @param timeLimit total time, queueing included; the answer is cut there
 */
public record AnswerOptions(OptionalInt maxTokens, int choices, SamplingOptions sampling, List<String> stop,
        int topLogprobs, boolean ignoreEnd, RequestClass requestClass, String client, Duration timeLimit) {

    public AnswerOptions {
        stop = List.copyOf(stop);
        if (choices < 1) {
            throw new IllegalArgumentException("choices out of range: expected >= 1, found=" + choices);
        }
    }
}
