package dev.outpost.runtime.request;

import java.util.Map;

/** A request that was not started, or broke. Carries the reason; what it means on a wire is decided there. */
public final class InferenceRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** The prompt leaves no room for an answer token; figures {@code n_prompt_tokens}, {@code n_ctx}. */
        CONTEXT_LENGTH_EXCEEDED,
        /** A value the model cannot take, such as a token id it does not have. */
        INVALID_VALUE,
        /** Something this model cannot do, such as a chat without a chat template. */
        UNSUPPORTED_VALUE
    }

    private final Reason reason;
    private final String parameter;
    private final transient Map<String, Long> figures;

    InferenceRefusedException(Reason reason, String parameter, String detail, Map<String, Long> figures) {
        super(detail);
        this.reason = reason;
        this.parameter = parameter;
        this.figures = Map.copyOf(figures);
    }

    public Reason reason() {
        return reason;
    }

    /** Path of the parameter at fault, such as {@code messages}. */
    public String parameter() {
        return parameter;
    }

    public Map<String, Long> figures() {
        return figures;
    }
}
