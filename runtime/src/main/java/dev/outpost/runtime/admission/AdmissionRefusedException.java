package dev.outpost.runtime.admission;

/** No room for this request now. It passes, unless the process is draining. */
public final class AdmissionRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        QUEUE_FULL, CLIENT_SHARE_FULL, DRAINING
    }

    private final Reason reason;

    AdmissionRefusedException(Reason reason, String detail) {
        // A refusal under a flood must cost next to nothing: no stack trace.
        super(detail, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
