package dev.outpost.provisioning.gate;

/** A model gave no answer at all. */
public final class ProbeFailedException extends Exception {
    /** @param cause what the engine said; may be null */
    public ProbeFailedException(String detail, Throwable cause) {
        super(detail, cause);
    }
}
