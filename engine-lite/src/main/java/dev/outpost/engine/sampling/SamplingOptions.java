package dev.outpost.engine.sampling;

import java.util.Map;

/**
 * How the next token is chosen. Order: logit bias, penalties, temperature, top-k, top-p, min-p, draw.
 *
 * @param temperature 0 is greedy; 0 to 2
 * @param topK 0 is off
 * @param topP 1 is off; above 0, at most 1
 * @param minP 0 is off; below 1
 * @param repeatPenalty 1 is off; above 0, at most 4
 * @param frequencyPenalty 0 is off; -2 to 2
 * @param presencePenalty 0 is off; -2 to 2
 * @param logitBias token id to bias added to its logit, -100 to 100
 * @param seed equal seeds give equal bytes whatever the load, thread count or machine
 */
public record SamplingOptions(float temperature, int topK, float topP, float minP, float repeatPenalty,
        float frequencyPenalty, float presencePenalty, Map<Integer, Float> logitBias, long seed) {

    public static final SamplingOptions GREEDY = new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);

    public SamplingOptions {
        check("temperature", temperature, 0, 2);
        check("topP", topP, Float.MIN_VALUE, 1);
        check("minP", minP, 0, Math.nextDown(1f));
        check("repeatPenalty", repeatPenalty, Float.MIN_VALUE, 4);
        check("frequencyPenalty", frequencyPenalty, -2, 2);
        check("presencePenalty", presencePenalty, -2, 2);
        if (topK < 0) {
            throw new IllegalArgumentException("topK out of range: expected >= 0, found=" + topK);
        }
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((id, bias) -> check("logitBias." + id, bias, -100, 100));
    }

    private static void check(String name, float value, float least, float most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    name + " out of range: expected " + least + ".." + most + ", found=" + value);
        }
    }
}
