package dev.outpost.runtime.http.blocks;

/** The authority said no. Its text is told to the asker. */
public final class EnrolmentRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param detail why, without secrets */
    public EnrolmentRefusedException(String detail) {
        super(detail);
    }
}
