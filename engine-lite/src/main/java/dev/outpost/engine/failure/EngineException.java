package dev.outpost.engine.failure;

/** Any failure of the engine. The message is a lower-case fact followed by {@code name=value} pairs. */
public abstract sealed class EngineException extends RuntimeException
        permits ModelRejectedException, BudgetRefusedException, RequestRefusedException, TemplateException,
        EngineFaultException {

    private static final long serialVersionUID = 1L;

    EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
