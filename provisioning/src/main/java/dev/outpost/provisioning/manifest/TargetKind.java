package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;

/** What a signed file is. */
public enum TargetKind {
    /** A model file, gated before it serves. */
    MODEL("model"),
    /** A LoRA adapter; refused with a reason of its own until the engine has them. */
    ADAPTER("adapter"),
    /** A set of questions, opaque here: versioned, verified, handed on. */
    QUESTIONS("questions");

    private final String word;

    TargetKind(String word) {
        this.word = word;
    }

    /** The word in documents. */
    public String word() {
        return word;
    }

    static TargetKind of(String word) {
        for (TargetKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        throw new RefusedException(Refusal.KIND_UNSUPPORTED, "unknown kind of target: kind=" + word);
    }
}
