package dev.outpost.runtime.http;

/** The listener could not be opened. Nothing stays bound. */
public final class ApiStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Another process listens there. */
        PORT_TAKEN,
        /** The address is not loopback and no access keys are configured. */
        ADDRESS_REFUSED,
        /** The host name has no address. */
        ADDRESS_UNKNOWN
    }

    private final Reason reason;

    ApiStartException(Reason reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
