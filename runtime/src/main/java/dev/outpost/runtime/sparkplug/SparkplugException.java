package dev.outpost.runtime.sparkplug;

/** A payload, an id or a setting is not what Sparkplug allows. */
public final class SparkplugException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SparkplugException(String message) {
        super(message);
    }

    SparkplugException(String message, Throwable cause) {
        super(message, cause);
    }
}
