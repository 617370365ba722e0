package dev.outpost.engine.failure;

/** A fault while a request ran: non-finite logits, a file that changed under the reader, a dead worker. */
public final class EngineFaultException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final String code;

    /** @param code stable snake_case word, such as {@code sampler_failed} */
    public EngineFaultException(String code, String detail, Throwable cause) {
        super("engine fault: code=" + code + ": " + detail, cause);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
