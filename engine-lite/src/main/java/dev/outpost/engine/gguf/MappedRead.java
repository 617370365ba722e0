package dev.outpost.engine.gguf;

import dev.outpost.engine.failure.ModelRejectedException;
import java.util.function.Supplier;

/**
 * Reads of a mapped file that may have been cut by somebody else: the JVM reports the missing page as an
 * {@link InternalError}, which becomes a refusal here. Native code must never read a mapping of a file that others may
 * write: there the same page ends the process.
 */
public final class MappedRead {

    private MappedRead() {}

    /**
     * @param field what is being read, for the refusal
     * @throws ModelRejectedException code {@code file_changed}
     */
    public static <T> T guard(String field, Supplier<T> read) {
        try {
            return read.get();
        } catch (InternalError e) {
            throw RejectCode.FILE_CHANGED.at(-1, field, "file was cut while it was read: expected=the bytes that were "
                    + "there at opening, found=a missing page", e);
        }
    }
}
