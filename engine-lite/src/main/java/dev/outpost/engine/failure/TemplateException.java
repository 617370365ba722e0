package dev.outpost.engine.failure;

/** A chat template refused its messages, is malformed, or broke a limit. The message says which, and where. */
public final class TemplateException extends EngineException {

    private static final long serialVersionUID = 1L;

    public TemplateException(String message) {
        super(message, null);
    }
}
