package dev.outpost.provisioning.gate;

/** Counts a new model's answers to real requests: enough good ones pass the trial, three bad ones in a row fail it. */
public final class TrialPeriod {
    private static final int BAD_IN_A_ROW = 3;

    private final int needed;
    private int good;
    private int bad;

    /** Where a trial stands. */
    public enum Status {
        /** Not enough answers yet. */
        PENDING,
        /** Enough good ones. */
        PASSED,
        /** Too many bad ones. */
        FAILED
    }

    /** @param needed good answers that pass it; 0 passes at once */
    public TrialPeriod(int needed) {
        this.needed = needed;
    }

    /** Counts one answer; an answer is bad when the engine failed to give one. */
    public Status answered(boolean ok) {
        good += ok ? 1 : 0;
        bad = ok ? 0 : bad + 1;
        return status();
    }

    /** Where it stands. */
    public Status status() {
        return bad >= BAD_IN_A_ROW ? Status.FAILED : good >= needed ? Status.PASSED : Status.PENDING;
    }
}
