package dev.outpost.provisioning;

import java.util.Optional;

/** Where an update stands; each is journalled before it acts. */
public enum UpdateState {
    /** No update was ever offered. */
    IDLE,
    /** Checks the signed documents of the offer. */
    VERIFYING,
    /** Verified, but not this device's turn yet: wave, window or too many failures elsewhere. */
    DEFERRED,
    /** Brings the file in. */
    STAGING,
    /** Hashes the file once more, plans its memory. */
    PLANNING,
    /** Loads the new model while the old one serves. */
    LOADING_BESIDE,
    /** Lets the old model finish and unloads it, since both do not fit. */
    DRAINING,
    /** Loads the new model in its place. */
    LOADING_ALONE,
    /** Asks the golden questions. */
    GATING,
    /** Moves the pointer, then the requests. */
    SWITCHING,
    /** Serves, on trial. */
    TRIAL,
    /** Makes it the good one and tidies up. */
    COMMITTING,
    /** Hands an opaque file on. */
    INSTALLING,
    /** Goes back to the model before. */
    ROLLING_BACK,
    /** Ended: in use. */
    ACTIVATED(UpdateOutcome.ACTIVATED),
    /** Ended: refused. */
    REFUSED(UpdateOutcome.REFUSED_NOTHING_CHANGED),
    /** Ended: the model before serves. */
    ROLLED_BACK(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS),
    /** Ended: nothing serves. */
    NEEDS_HANDS(UpdateOutcome.ROLLBACK_FAILED_NEEDS_HANDS);

    private final Optional<UpdateOutcome> outcome;

    UpdateState() {
        this.outcome = Optional.empty();
    }

    UpdateState(UpdateOutcome outcome) {
        this.outcome = Optional.of(outcome);
    }

    /** How the update ended, if it has. */
    public Optional<UpdateOutcome> outcome() {
        return outcome;
    }
}
