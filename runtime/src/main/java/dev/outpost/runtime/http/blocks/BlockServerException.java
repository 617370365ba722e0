package dev.outpost.runtime.http.blocks;

/** The listener could not be opened. Nothing stays bound. */
public final class BlockServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BlockServerException(String detail, Throwable cause) {
        super(detail, cause);
    }
}
