package dev.outpost.engine.failure;

/** A request the engine will not start. The engine itself is unharmed. */
public final class RequestRefusedException extends EngineException {

    private static final long serialVersionUID = 1L;

    /** Why a request was refused. */
    public enum Reason {
        /** Prompt tokens plus at least one answer token exceed the context of one request. */
        CONTEXT_LENGTH_EXCEEDED,
        /** The bounded queue of the request's class is full; it passes. */
        QUEUE_FULL,
        /** A parameter is out of range or names a token the model does not have. */
        INVALID_VALUE,
        /** The engine drains or is closed. */
        DRAINING
    }

    private final Reason reason;
    private final String parameter;

    /** @param parameter name of the request's component at fault, such as {@code prompt} or {@code logitBias} */
    public RequestRefusedException(Reason reason, String parameter, String detail) {
        super(detail, null);
        this.reason = reason;
        this.parameter = parameter;
    }

    public Reason reason() {
        return reason;
    }

    public String parameter() {
        return parameter;
    }
}
