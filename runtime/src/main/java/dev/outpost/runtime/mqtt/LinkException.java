package dev.outpost.runtime.mqtt;

/** A message could not be sent, or a link not be used: not connected, broken, stalled or refused. */
public final class LinkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LinkException(String message) {
        super(message);
    }

    LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
