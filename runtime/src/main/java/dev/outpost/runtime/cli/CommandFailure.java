package dev.outpost.runtime.cli;

/** A verb cannot go on: status, what is wrong, and what to do next. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitStatus status;
    private final String next;

    /** @param next a sentence with the next command, or empty */
    public CommandFailure(ExitStatus status, String fact, String next) {
        super(fact);
        this.status = status;
        this.next = next;
    }

    public ExitStatus status() {
        return status;
    }

    public String next() {
        return next;
    }
}
