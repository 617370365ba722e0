package dev.outpost.runtime.journal;

import java.io.IOException;

/** A log that can no longer keep what it is given. After a failed sync it stays read-only until opened again. */
public final class JournalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JournalException(String message, IOException cause) {
        super(message, cause);
    }

    JournalException(String message) {
        super(message);
    }
}
