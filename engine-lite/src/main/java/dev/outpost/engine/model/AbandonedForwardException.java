package dev.outpost.engine.model;

/** A forward ended early because its caller gave up on it: no result is there, no key or value of it may be used. */
public final class AbandonedForwardException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AbandonedForwardException() {
        // It only unwinds to the scheduler, which expects it: no trace.
        super("the forward was abandoned", null, false, false);
    }
}
