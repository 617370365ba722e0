package dev.outpost.engine.session;

import dev.outpost.engine.GenerationEvent.TokenLogprob;
import dev.outpost.engine.sampling.LogProbabilities;
import dev.outpost.engine.sampling.SamplerScratch;
import java.util.ArrayList;
import java.util.List;

/** Working memory for choosing tokens, shared by all sessions. Scheduler thread only. */
final class Chooser {

    static final int MOST_ALTERNATIVES = 20;

    private final int vocabulary;
    private final SamplerScratch scratch;
    private final LogProbabilities probabilities = new LogProbabilities(MOST_ALTERNATIVES);

    Chooser(int vocabulary) {
        this.vocabulary = vocabulary;
        this.scratch = new SamplerScratch(vocabulary);
    }

    int vocabulary() {
        return vocabulary;
    }

    SamplerScratch scratch() {
        return scratch;
    }

    void readProbabilities(float[] logits) {
        probabilities.read(logits, vocabulary);
    }

    float logprob(int id) {
        return probabilities.of(id);
    }

    List<TokenLogprob> top(int count) {
        List<TokenLogprob> top = new ArrayList<>(count);
        for (int rank = 0; rank < Math.min(count, probabilities.topCount()); rank++) {
            int id = probabilities.topId(rank);
            top.add(new TokenLogprob(id, probabilities.of(id)));
        }
        return top;
    }
}
