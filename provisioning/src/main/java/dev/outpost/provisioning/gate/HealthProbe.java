package dev.outpost.provisioning.gate;

import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.store.ContentDigest;

/** Port: asks a loaded model, which may still be the candidate. Implemented in {@code runtime}; may block. */
public interface HealthProbe {
    /**
     * One answer.
     *
     * @param text what the model said
     * @param millis how long it took, milliseconds
     */
    record Answer(String text, long millis) {}

    /** Asks greedily, one user message, as many tokens as the question allows. */
    Answer ask(ContentDigest model, GoldenQuestion question) throws ProbeFailedException;
}
