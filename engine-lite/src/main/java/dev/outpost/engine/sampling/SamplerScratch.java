package dev.outpost.engine.sampling;

/** Working memory that the samplers of one thread share: 20 bytes per token of the vocabulary once a draw needs it. */
public final class SamplerScratch {

    private final int vocabulary;
    private Candidates candidates;

    public SamplerScratch(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    int vocabulary() {
        return vocabulary;
    }

    Candidates candidates() {
        if (candidates == null) {
            candidates = new Candidates(vocabulary);
        }
        return candidates;
    }
}
