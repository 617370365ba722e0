package dev.outpost.provisioning.stage;

/** A carrier cannot go on: a normal event, answered by another carrier or a later try. */
public final class CarrierFailedException extends Exception {
    /** @param cause what the link said; may be null */
    public CarrierFailedException(String detail, Throwable cause) {
        super(detail, cause);
    }
}
