package dev.outpost.provisioning.activate;

/** A model could not be loaded or put to work; the device goes back to the one before. */
public final class PreparationFailedException extends Exception {
    /** @param cause what the engine said; may be null */
    public PreparationFailedException(String detail, Throwable cause) {
        super(detail, cause);
    }
}
