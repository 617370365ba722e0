package dev.outpost.engine.sampling;

import dev.outpost.engine.failure.EngineFaultException;
import java.util.Map;

/**
 * Chooses the tokens of one generation, in the order {@link SamplingOptions} names. One thread at a time.
 *
 * <p>The choice is a function of the logits, the tokens so far, the options and the count of draws: candidates are
 * visited in id order, sums are taken in that order in double, equals go to the lowest id.
 */
public final class Sampler {

    private final SamplingOptions options;
    private final Adjustments adjustments;
    private final SplitMix random;
    private final SamplerScratch scratch;
    private final int vocabulary;

    /**
     * @param prompt tokens before the first generated one; the repetition penalty sees them
     * @param scratch may be shared by samplers that run on the same thread
     */
    public Sampler(SamplingOptions options, int[] prompt, SamplerScratch scratch) {
        this.options = options;
        this.adjustments = new Adjustments(options, prompt);
        this.random = new SplitMix(options.seed());
        this.scratch = scratch;
        this.vocabulary = scratch.vocabulary();
        for (Map.Entry<Integer, Float> bias : options.logitBias().entrySet()) {
            if (bias.getKey() < 0 || bias.getKey() >= vocabulary) {
                throw new IllegalArgumentException("logitBias names an unknown token: id=" + bias.getKey()
                        + ", vocabulary=" + vocabulary);
            }
        }
    }

    /**
     * Chooses the next token and remembers it for the penalties.
     *
     * @param logits [vocabulary]; changed while the call runs, as before when it returns
     * @throws EngineFaultException {@code sampler_failed} if a logit is NaN or infinite
     */
    public int sample(float[] logits) {
        adjustments.apply(logits);
        int chosen;
        try {
            int best = LogitScan.argmax(logits, vocabulary);
            chosen = options.temperature() == 0 || options.topK() == 1 ? best : draw(logits, logits[best]);
        } finally {
            adjustments.restore(logits);
        }
        adjustments.chosen(chosen);
        return chosen;
    }

    private int draw(float[] logits, float best) {
        Candidates candidates = scratch.candidates();
        candidates.all(logits, vocabulary);
        if (options.topK() > 0 && options.topK() < vocabulary) {
            candidates.keepBest(options.topK());
        }
        candidates.weigh(best, 1.0 / options.temperature());
        if (options.topP() < 1) {
            candidates.keepMass(options.topP());
        }
        if (options.minP() > 0) {
            candidates.keepAbove(options.minP());
        }
        return candidates.pick(random.nextUnit());
    }
}
