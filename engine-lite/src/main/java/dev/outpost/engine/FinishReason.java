package dev.outpost.engine;

/** Why a generation ended. */
public enum FinishReason {
    /** An end-of-generation token or a stop text. */
    STOP,
    /** {@code maxTokens} or the end of the context. */
    LENGTH,
    /** The caller cancelled it. */
    CANCELLED,
    /** Its deadline passed. */
    DEADLINE
}
