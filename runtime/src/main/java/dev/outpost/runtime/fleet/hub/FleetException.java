package dev.outpost.runtime.fleet.hub;

/** A fleet command or the hub cannot go on; what is to be done next, the command line says by the reason. */
public final class FleetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** There is no fleet in this directory. */
        NO_FLEET,
        /** What shall be made is there already. */
        EXISTS,
        /** A needed private key is not in the given places. */
        NO_KEY,
        /** The key is locked and the passphrase does not open it. */
        LOCKED,
        /** No such device, group, release or rollout. */
        UNKNOWN,
        /** What was asked for contradicts itself or what is there. */
        INPUT,
        /** The model does not answer its golden questions as expected. */
        GOLDEN,
        /** Somebody else changed the same thing meanwhile. */
        CONFLICT,
        /** The database does not answer. */
        DATABASE,
        /** Something signed or certified does not hold. */
        UNTRUSTED
    }

    private final Reason reason;

    public FleetException(Reason reason, String fact) {
        super(fact);
        this.reason = reason;
    }

    public FleetException(Reason reason, String fact, Throwable cause) {
        super(fact, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
