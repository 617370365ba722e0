package dev.outpost.provisioning;

import static dev.outpost.provisioning.UpdateState.ACTIVATED;
import static dev.outpost.provisioning.UpdateState.COMMITTING;
import static dev.outpost.provisioning.UpdateState.DEFERRED;
import static dev.outpost.provisioning.UpdateState.DRAINING;
import static dev.outpost.provisioning.UpdateState.GATING;
import static dev.outpost.provisioning.UpdateState.IDLE;
import static dev.outpost.provisioning.UpdateState.INSTALLING;
import static dev.outpost.provisioning.UpdateState.LOADING_ALONE;
import static dev.outpost.provisioning.UpdateState.LOADING_BESIDE;
import static dev.outpost.provisioning.UpdateState.NEEDS_HANDS;
import static dev.outpost.provisioning.UpdateState.PLANNING;
import static dev.outpost.provisioning.UpdateState.REFUSED;
import static dev.outpost.provisioning.UpdateState.ROLLED_BACK;
import static dev.outpost.provisioning.UpdateState.ROLLING_BACK;
import static dev.outpost.provisioning.UpdateState.STAGING;
import static dev.outpost.provisioning.UpdateState.SWITCHING;
import static dev.outpost.provisioning.UpdateState.TRIAL;
import static dev.outpost.provisioning.UpdateState.VERIFYING;

import java.util.List;
import java.util.Optional;

/** The whole update: state, event, next state. What is not here cannot happen. */
final class TransitionTable {
    /**
     * One row.
     *
     * @param state where the update stands
     * @param event what happened
     * @param next where it goes
     */
    record Row(UpdateState state, UpdateEvent event, UpdateState next) {}

    // @formatter:off
    static final List<Row> ROWS = List.of(
        row(IDLE,           UpdateEvent.OFFERED,        VERIFYING),
        row(IDLE,           UpdateEvent.RESTARTED,      IDLE),

        row(VERIFYING,      UpdateEvent.VERIFIED,       STAGING),
        row(VERIFYING,      UpdateEvent.NOT_YET,        DEFERRED),
        row(VERIFYING,      UpdateEvent.ALREADY_ACTIVE, ACTIVATED),
        row(VERIFYING,      UpdateEvent.REFUSED,        REFUSED),
        row(VERIFYING,      UpdateEvent.RESTARTED,      VERIFYING),

        row(DEFERRED,       UpdateEvent.RETRIED,        VERIFYING),
        row(DEFERRED,       UpdateEvent.OFFERED,        VERIFYING),
        row(DEFERRED,       UpdateEvent.RESTARTED,      DEFERRED),

        row(STAGING,        UpdateEvent.STAGED,         PLANNING),
        row(STAGING,        UpdateEvent.OPAQUE_STAGED,  INSTALLING),
        row(STAGING,        UpdateEvent.INTERRUPTED,    STAGING),   // waits for a carrier, keeps every block
        row(STAGING,        UpdateEvent.REFUSED,        REFUSED),
        row(STAGING,        UpdateEvent.OFFERED,        VERIFYING), // superseded; its blocks seed the next
        row(STAGING,        UpdateEvent.RESTARTED,      VERIFYING), // a key may have been revoked meanwhile

        row(PLANNING,       UpdateEvent.FITS_BESIDE,    LOADING_BESIDE),
        row(PLANNING,       UpdateEvent.FITS_ALONE,     DRAINING),
        row(PLANNING,       UpdateEvent.REFUSED,        REFUSED),
        row(PLANNING,       UpdateEvent.RETRIED,        STAGING),   // the stored file was damaged: fetch what is bad
        row(PLANNING,       UpdateEvent.RESTARTED,      VERIFYING),
        row(PLANNING,       UpdateEvent.ATTEMPTS_SPENT, ROLLING_BACK),

        row(LOADING_BESIDE, UpdateEvent.LOADED,         GATING),
        row(LOADING_BESIDE, UpdateEvent.FAILED,         ROLLING_BACK),
        row(LOADING_BESIDE, UpdateEvent.RESTARTED,      VERIFYING), // the old model came up: begin again
        row(LOADING_BESIDE, UpdateEvent.ATTEMPTS_SPENT, ROLLING_BACK),

        row(DRAINING,       UpdateEvent.UNLOADED,       LOADING_ALONE),
        row(DRAINING,       UpdateEvent.FAILED,         ROLLING_BACK),
        row(DRAINING,       UpdateEvent.RESTARTED,      VERIFYING),
        row(DRAINING,       UpdateEvent.ATTEMPTS_SPENT, ROLLING_BACK),

        row(LOADING_ALONE,  UpdateEvent.LOADED,         GATING),
        row(LOADING_ALONE,  UpdateEvent.FAILED,         ROLLING_BACK),
        row(LOADING_ALONE,  UpdateEvent.RESTARTED,      VERIFYING),
        row(LOADING_ALONE,  UpdateEvent.ATTEMPTS_SPENT, ROLLING_BACK),

        row(GATING,         UpdateEvent.PASSED,         SWITCHING),
        row(GATING,         UpdateEvent.FAILED,         ROLLING_BACK),
        row(GATING,         UpdateEvent.RESTARTED,      VERIFYING),
        row(GATING,         UpdateEvent.ATTEMPTS_SPENT, ROLLING_BACK),

        row(SWITCHING,      UpdateEvent.SWITCHED,       TRIAL),
        row(SWITCHING,      UpdateEvent.FAILED,         ROLLING_BACK),
        row(SWITCHING,      UpdateEvent.RESTARTED,      SWITCHING), // the gate was passed: the pointer may have moved
        row(SWITCHING,      UpdateEvent.ATTEMPTS_SPENT, ROLLING_BACK),

        row(TRIAL,          UpdateEvent.PASSED,         COMMITTING),
        row(TRIAL,          UpdateEvent.FAILED,         ROLLING_BACK),
        row(TRIAL,          UpdateEvent.RESTARTED,      TRIAL),     // failed starts are counted by the pointer

        row(COMMITTING,     UpdateEvent.COMMITTED,      ACTIVATED),
        row(COMMITTING,     UpdateEvent.RESTARTED,      COMMITTING),

        row(INSTALLING,     UpdateEvent.INSTALLED,      ACTIVATED),
        row(INSTALLING,     UpdateEvent.REFUSED,        REFUSED),
        row(INSTALLING,     UpdateEvent.RESTARTED,      VERIFYING),

        row(ROLLING_BACK,   UpdateEvent.RESTORED,       ROLLED_BACK),
        row(ROLLING_BACK,   UpdateEvent.FAILED,         NEEDS_HANDS),
        row(ROLLING_BACK,   UpdateEvent.REFUSED,        REFUSED),   // the first model ever: there is none before it
        row(ROLLING_BACK,   UpdateEvent.RESTARTED,      ROLLING_BACK),

        row(ACTIVATED,      UpdateEvent.OFFERED,        VERIFYING),
        row(ACTIVATED,      UpdateEvent.RESTARTED,      ACTIVATED),
        row(REFUSED,        UpdateEvent.OFFERED,        VERIFYING),
        row(REFUSED,        UpdateEvent.RESTARTED,      REFUSED),
        row(ROLLED_BACK,    UpdateEvent.OFFERED,        VERIFYING),
        row(ROLLED_BACK,    UpdateEvent.RESTARTED,      ROLLED_BACK),
        row(NEEDS_HANDS,    UpdateEvent.OFFERED,        VERIFYING), // a better release is a way out
        row(NEEDS_HANDS,    UpdateEvent.RESTARTED,      NEEDS_HANDS));
        // Deliberately missing: OFFERED from PLANNING to COMMITTING and in ROLLING_BACK. Once a file is staged its update
        // runs to its end; the fleet's document is retained and is offered again.
    // @formatter:on

    private TransitionTable() {}

    /** Where an event leads; empty when the state does not take it. */
    static Optional<UpdateState> next(UpdateState state, UpdateEvent event) {
        return ROWS.stream().filter(row -> row.state() == state && row.event() == event).map(Row::next).findFirst();
    }

    private static Row row(UpdateState state, UpdateEvent event, UpdateState next) {
        return new Row(state, event, next);
    }
}
