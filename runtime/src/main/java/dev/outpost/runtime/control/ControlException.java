package dev.outpost.runtime.control;

/** An operation on the state directory cannot be done; the text says why, {@link #next} what to do. */
public final class ControlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String next;

    /** What kind of failure. */
    public enum Reason {
        /** Another process owns the state directory and does not answer. */
        TAKEN,
        /** The operation was refused; nothing has changed. */
        REFUSED,
        /** No such model, file or operation. */
        UNKNOWN,
        /** A file or the disk cannot be read or written. */
        FAILED
    }

    /** @param next a sentence with the next command, or empty */
    public ControlException(Reason reason, String fact, String next) {
        super(fact);
        this.reason = reason;
        this.next = next;
    }

    public Reason reason() {
        return reason;
    }

    public String next() {
        return next;
    }
}
