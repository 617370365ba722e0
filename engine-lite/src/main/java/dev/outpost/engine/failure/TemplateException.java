package dev.outpost.engine.failure;

/** A chat template refused its messages, is malformed, or broke a limit. The message says which, and where. */
public final class TemplateException extends EngineException {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Reason {
        /** The template itself raised an exception over the messages, such as two user turns in a row. */
        REFUSED,
        /** The template's text is not one this engine can read; no messages can help. */
        MALFORMED,
        /** The template met values it cannot work on, such as a field the messages lack. */
        FAILED,
        /** A limit on steps, depth, text or ranges was reached. */
        LIMIT
    }

    private final Reason reason;

    public TemplateException(Reason reason, String message) {
        super(message, null);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
