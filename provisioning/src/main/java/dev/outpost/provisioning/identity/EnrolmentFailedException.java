package dev.outpost.provisioning.identity;

/** No certificate this time; the device goes on as it is and tries again. */
public final class EnrolmentFailedException extends Exception {
    private final boolean refused;

    /**
     * @param refused whether the authority answered no, so that trying again soon is of no use
     * @param detail lower-case fact
     * @param cause what the link said; may be null
     */
    public EnrolmentFailedException(boolean refused, String detail, Throwable cause) {
        super(detail, cause);
        this.refused = refused;
    }

    /** Whether the authority itself said no. */
    public boolean refused() {
        return refused;
    }
}
