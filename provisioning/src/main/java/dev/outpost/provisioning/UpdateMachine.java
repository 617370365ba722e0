package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.gate.TrialPeriod;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.verify.Verifier;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Runs one update after the other through the {@link TransitionTable}: the next state is in the journal before it acts, so
 * a process that dies anywhere goes on from there. The old model serves until the new one has passed its gate, unless
 * both do not fit. A disk fault stops the machine where it stands; the next start goes on.
 *
 * <p>One thread calls all methods but {@link #cancel}; {@link #run} may block for hours while a file arrives.
 */
public final class UpdateMachine {
    private final Storage storage;
    private final UpdateJournal journal;
    private final UpdatePorts ports;
    private final UpdateSteps steps;
    private UpdateEntry entry;
    private Optional<TrialPeriod> trial = Optional.empty();
    private volatile boolean calledOff;
    private BooleanSupplier interruption = () -> false;

    /**
     * Opens the machine as the journal left it; nothing acts before {@link #resume}.
     *
     * @param storage the state directory
     * @param store the model store in it
     * @param pointer the active model
     * @param verifier this device's trust
     * @param journal the update journal
     * @param ports the way to the world
     */
    public UpdateMachine(Storage storage, ModelStore store, ActivePointer pointer, Verifier verifier,
            UpdateJournal journal, UpdatePorts ports) {
        this.storage = storage;
        this.journal = journal;
        this.ports = ports;
        this.steps = new UpdateSteps(storage, store, pointer, verifier, ports, this::calledOff);
        this.entry = journal.last().map(UpdateEntry::of).orElse(UpdateEntry.NONE);
    }

    /** Where the update stood when its journal was last written, for those who only look. */
    public static UpdateReport lastReport(UpdateJournal journal) {
        return journal.last().map(UpdateEntry::of).orElse(UpdateEntry.NONE).report();
    }

    /** Where the update stands. */
    public UpdateReport report() {
        return entry.report();
    }

    /** The documents that were offered last; they are kept over restarts. */
    public Optional<UpdateOffer> offered() {
        return UpdateOffer.kept(storage);
    }

    /**
     * Offers a fleet document with a release that it names. Verified only by {@link #run}.
     *
     * @return false when an update is past the point where another could take over; offer again when it has ended
     */
    public boolean offer(byte[] fleetDocument, byte[] release) {
        if (TransitionTable.next(state(), UpdateEvent.OFFERED).isEmpty()) {
            return false;
        }
        new UpdateOffer(fleetDocument, release).keep(storage);
        entry = entry.with(UpdateReport.NONE.in(state()).tried(1)).withTrial(0);
        advance(UpdateEvent.OFFERED);
        return true;
    }

    /**
     * Goes on after a start, once the model that the pointer chose was loaded. Call {@link #run} next.
     *
     * @return where the update stands
     */
    public UpdateState resume() {
        boolean again = switch (state()) {
            case PLANNING, LOADING_BESIDE, DRAINING, LOADING_ALONE, GATING, SWITCHING -> true;
            case IDLE, VERIFYING, DEFERRED, STAGING, TRIAL, COMMITTING, INSTALLING, ROLLING_BACK, ACTIVATED, REFUSED,
                    ROLLED_BACK, NEEDS_HANDS ->
                false;
        };
        int attempt = entry.report().attempt() + (again ? 1 : 0);
        if (again && attempt > ActivePointer.MAX_TRIES) {
            entry = entry.with(entry.report().because(Optional.of(Refusal.ATTEMPTS_SPENT),
                    "the process died in this update: times=" + (attempt - 1) + ", state=" + state()));
            advance(UpdateEvent.ATTEMPTS_SPENT);
        } else {
            entry = entry.with(entry.report().tried(attempt));
            advance(UpdateEvent.RESTARTED);
        }
        return state();
    }

    /**
     * Works until there is nothing to do but wait: for an offer, a carrier, the device's turn or answers on trial.
     *
     * @return where the update stands
     */
    public UpdateState run() {
        return run(() -> false);
    }

    /**
     * As {@link #run()}, and stops between two blocks or steps once {@code interrupted} says so.
     *
     * @param interrupted asked on this thread
     */
    public UpdateState run(BooleanSupplier interrupted) {
        calledOff = false;
        interruption = interrupted;
        if (state() == UpdateState.DEFERRED) {
            advance(UpdateEvent.RETRIED);
        }
        while (!waits() && !calledOff()) {
            UpdateStep step = steps.act(entry);
            entry = step.entry();
            advance(step.event());
            if (step.event() == UpdateEvent.INTERRUPTED) {
                return state();
            }
        }
        return state();
    }

    /** Stops {@link #run} between two blocks or steps; from any thread. The next run goes on. */
    public void cancel() {
        calledOff = true;
    }

    /**
     * Counts an answer that the model on trial gave to a real request; no effect otherwise.
     *
     * @param ok whether the engine answered
     * @return where the update stands; call {@link #run} when it is no longer {@code TRIAL}
     */
    public UpdateState answered(boolean ok) {
        if (state() == UpdateState.TRIAL) {
            judge(period().answered(ok));
        }
        return state();
    }

    private boolean calledOff() {
        return calledOff || interruption.getAsBoolean();
    }

    private boolean waits() {
        if (state() == UpdateState.TRIAL) {
            if (steps.chosenOver(entry)) {
                entry = entry.with(entry.report().because(Optional.empty(), "another model was chosen on its trial"));
                advance(UpdateEvent.FAILED);
            } else if (steps.leftByPointer(entry)) {
                entry = entry.with(entry.report().because(Optional.of(Refusal.ATTEMPTS_SPENT),
                        "the model failed to start: times=" + ActivePointer.MAX_TRIES));
                advance(UpdateEvent.FAILED);
            } else {
                judge(period().status());
            }
        }
        return switch (state()) {
            case IDLE, DEFERRED, TRIAL, ACTIVATED, REFUSED, ROLLED_BACK, NEEDS_HANDS -> true;
            case VERIFYING, STAGING, PLANNING, LOADING_BESIDE, DRAINING, LOADING_ALONE, GATING, SWITCHING, COMMITTING,
                    INSTALLING, ROLLING_BACK ->
                false;
        };
    }

    private void judge(TrialPeriod.Status status) {
        switch (status) {
            case PENDING -> {
                return;
            }
            case PASSED -> advance(UpdateEvent.PASSED);
            case FAILED -> {
                entry = entry.with(entry.report().because(Optional.empty(), "gave no answers on trial"));
                advance(UpdateEvent.FAILED);
            }
        }
        trial = Optional.empty();
    }

    private TrialPeriod period() {
        if (trial.isEmpty()) {
            trial = Optional.of(new TrialPeriod(entry.trialAnswers()));
        }
        return trial.get();
    }

    private UpdateState state() {
        return entry.report().state();
    }

    private void advance(UpdateEvent event) {
        UpdateState next = TransitionTable.next(state(), event).orElseThrow(
                () -> new IllegalStateException("no such transition: state=" + state() + ", event=" + event));
        entry = entry.with(entry.report().in(next));
        journal.append(entry.toJson());
        ports.listener().moved(entry.report());
    }
}
