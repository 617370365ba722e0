package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.activate.Rollback;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.failure.StorageFaultException;
import dev.outpost.provisioning.gate.GateVerdict;
import dev.outpost.provisioning.gate.HealthGate;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.stage.Transfer;
import dev.outpost.provisioning.stage.TransferResult;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.verify.VerifiedUpdate;
import dev.outpost.provisioning.verify.Verifier;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What each state does. A step reports what happened and decides nothing about what comes next. */
final class UpdateSteps {
    private final Storage storage;
    private final ModelStore store;
    private final ActivePointer pointer;
    private final Verifier verifier;
    private final UpdatePorts ports;
    private final Transfer transfer;
    private final BooleanSupplier calledOff;
    private Optional<VerifiedUpdate> verified = Optional.empty();

    UpdateSteps(Storage storage, ModelStore store, ActivePointer pointer, Verifier verifier, UpdatePorts ports,
            BooleanSupplier calledOff) {
        this.storage = storage;
        this.store = store;
        this.pointer = pointer;
        this.verifier = verifier;
        this.ports = ports;
        this.calledOff = calledOff;
        this.transfer = new Transfer(store, ports.carriers(), ports.limits(), ports.nanoClock());
    }

    /** Acts in the entry's state. */
    UpdateStep act(UpdateEntry entry) {
        try {
            return switch (entry.report().state()) {
                case VERIFYING -> verify(entry);
                case STAGING -> stage(entry);
                case PLANNING -> plan(entry);
                case LOADING_BESIDE, LOADING_ALONE -> load(entry);
                case DRAINING -> drain(entry);
                case GATING -> gate(entry);
                case SWITCHING -> switchOver(entry);
                case COMMITTING -> commit(entry);
                case INSTALLING -> install(entry);
                case ROLLING_BACK -> rollBack(entry);
                case IDLE, DEFERRED, TRIAL, ACTIVATED, REFUSED, ROLLED_BACK, NEEDS_HANDS ->
                    throw new IllegalStateException("nothing to do: state=" + entry.report().state());
            };
        } catch (RefusedException e) {
            return new UpdateStep(UpdateEvent.REFUSED,
                    entry.with(entry.report().because(Optional.of(e.code()), e.getMessage())));
        } catch (StorageFaultException e) {
            throw e;
        } catch (RuntimeException e) {
            if (TransitionTable.next(entry.report().state(), UpdateEvent.FAILED).isEmpty()) {
                throw e;
            }
            // A model that breaks the engine in a way nobody foresaw must still not keep the device from the old one.
            return failed(entry, "unforeseen: " + e);
        }
    }

    /** Whether an operator has made another model active: the one on trial was left before its tries were spent. */
    boolean chosenOver(UpdateEntry entry) {
        return !pointer.current().map(Slot::digest).equals(entry.report().file())
                && !pointer.spent(file(entry));
    }

    /** Whether the pointer has given up the model on trial because it did not start. */
    boolean leftByPointer(UpdateEntry entry) {
        Optional<Slot> current = pointer.current();
        boolean spent = current.map(slot -> slot.tries() >= ActivePointer.MAX_TRIES).orElse(true);
        return spent || !current.map(Slot::digest).equals(entry.report().file());
    }

    private UpdateStep verify(UpdateEntry entry) {
        UpdateOffer offer = UpdateOffer.kept(storage).orElseThrow(
                () -> new RefusedException(Refusal.MALFORMED_DOCUMENT, "the offer's documents are gone or damaged"));
        VerifiedUpdate update = verifier.update(verifier.fleet(offer.fleet()), offer.release());
        ReleaseManifest release = update.release();
        verified = Optional.of(update);
        UpdateEntry known = entry
                .with(entry.report().about(release.line(), release.counter(), update.releaseDigest(),
                        release.file().sha256()).because(Optional.empty(), ""))
                .withTrial(release.gate().trialAnswers());
        return switch (release.kind()) {
            case ADAPTER -> throw new RefusedException(Refusal.ADAPTER_UNSUPPORTED,
                    "adapters are not supported by this engine: line=" + release.line());
            case MODEL, QUESTIONS -> turn(known, update);
        };
    }

    private UpdateStep turn(UpdateEntry entry, VerifiedUpdate update) {
        ContentDigest file = update.release().file().sha256();
        boolean active = pointer.current().map(slot -> slot.digest().equals(file) && slot.state() == Slot.State.GOOD)
                .orElse(false);
        if (active) {
            return new UpdateStep(UpdateEvent.ALREADY_ACTIVE, entry);
        }
        if (entry.spent().contains(update.releaseDigest())) {
            throw new RefusedException(Refusal.ATTEMPTS_SPENT, "release failed on this device before: line="
                    + update.release().line() + ", counter=" + update.release().counter());
        }
        String wait = waitingFor(update);
        return wait.isEmpty()
                ? new UpdateStep(UpdateEvent.VERIFIED, entry)
                : new UpdateStep(UpdateEvent.NOT_YET, entry.with(entry.report().because(Optional.empty(), wait)));
    }

    private String waitingFor(VerifiedUpdate update) {
        RolloutRule rule = update.fleet().document().rollout();
        RolloutConditions now = ports.conditions();
        if (!rule.includes(verifier.device().device(), update.releaseDigest())) {
            return "not in a released wave";
        }
        if (rule.aborted(now.failures(update.releaseDigest()))) {
            return "too many failures on other devices";
        }
        return rule.open(now.trustedNow(), now.idleMinutes()) ? "" : "outside the window";
    }

    private UpdateStep stage(UpdateEntry entry) {
        ReleaseManifest release = verified().release();
        ModelOrigin origin = new ModelOrigin.Fleet(release.line(), release.counter());
        TransferResult result;
        try {
            result = transfer.run(release.file(), origin, calledOff);
        } catch (RefusedException e) {
            if (e.code() != Refusal.DISK_BUDGET || store.collect(pointer.pinned()) == 0) {
                throw e;
            }
            result = transfer.run(release.file(), origin, calledOff);
        }
        return switch (result) {
            case TransferResult.Stored stored -> new UpdateStep(switch (release.kind()) {
                case MODEL -> UpdateEvent.STAGED;
                case ADAPTER, QUESTIONS -> UpdateEvent.OPAQUE_STAGED;
            }, entry.with(entry.report().moved(stored.fetchedBytes(), stored.reusedBytes())));
            case TransferResult.Interrupted cut -> new UpdateStep(UpdateEvent.INTERRUPTED,
                    entry.with(entry.report().moved(cut.fetchedBytes(), entry.report().reusedBytes())
                            .because(Optional.empty(), cut.reason())));
        };
    }

    private UpdateStep plan(UpdateEntry entry) {
        ContentDigest file = file(entry);
        if (store.find(file).isEmpty() || !store.stillSound(file)) {
            int attempt = entry.report().attempt() + 1;
            if (attempt > ActivePointer.MAX_TRIES) {
                throw new RefusedException(Refusal.FILE_CHANGED, "stored file keeps changing: attempts=" + attempt);
            }
            return new UpdateStep(UpdateEvent.RETRIED, entry.with(entry.report().tried(attempt)
                    .because(Optional.empty(), "stored file changed, fetching what is bad")));
        }
        try {
            return switch (ports.preparer().fit(file, verified().release())) {
                case BESIDE -> new UpdateStep(UpdateEvent.FITS_BESIDE, entry);
                case ALONE -> new UpdateStep(UpdateEvent.FITS_ALONE, entry);
                case NEVER -> throw new RefusedException(Refusal.MEMORY_BUDGET,
                        "model does not fit the memory budget: neededBytes="
                                + verified().release().file().memoryBytes());
            };
        } catch (PreparationFailedException e) {
            throw new RefusedException(Refusal.FILE_MISMATCH, "model cannot be planned: " + e.getMessage());
        }
    }

    private UpdateStep load(UpdateEntry entry) {
        try {
            ports.preparer().load(file(entry));
            return new UpdateStep(UpdateEvent.LOADED, entry);
        } catch (PreparationFailedException e) {
            return failed(entry, "model does not load: " + e.getMessage());
        }
    }

    private UpdateStep drain(UpdateEntry entry) {
        try {
            ports.preparer().unloadServing();
            return new UpdateStep(UpdateEvent.UNLOADED, entry);
        } catch (PreparationFailedException e) {
            return failed(entry, "old model does not unload: " + e.getMessage());
        }
    }

    private UpdateStep gate(UpdateEntry entry) {
        GateVerdict verdict = new HealthGate(ports.probe()).judge(file(entry), verified().release());
        return verdict.passed()
                ? new UpdateStep(UpdateEvent.PASSED, entry)
                : failed(entry, "gate not passed: right=" + verdict.right() + ", asked=" + verdict.asked() + ", "
                        + verdict.detail());
    }

    private UpdateStep switchOver(UpdateEntry entry) {
        pointer.trial(file(entry));
        try {
            ports.preparer().serve(file(entry), Rollback.DEADLINE);
            return new UpdateStep(UpdateEvent.SWITCHED, entry);
        } catch (PreparationFailedException e) {
            return failed(entry, "model does not take over: " + e.getMessage());
        }
    }

    private UpdateStep commit(UpdateEntry entry) {
        pointer.good();
        if (store.find(file(entry)).isPresent()) {
            store.name(file(entry), "fleet." + entry.report().line());
        }
        store.collect(pointer.pinned());
        return new UpdateStep(UpdateEvent.COMMITTED, entry);
    }

    private UpdateStep install(UpdateEntry entry) {
        try {
            ports.installer().install(entry.report().line(), entry.report().counter(), file(entry));
        } catch (PreparationFailedException e) {
            throw new RefusedException(Refusal.FILE_MISMATCH, "file cannot be used: " + e.getMessage());
        }
        store.name(file(entry), "fleet." + entry.report().line());
        return new UpdateStep(UpdateEvent.INSTALLED, entry);
    }

    private UpdateStep rollBack(UpdateEntry entry) {
        Rollback.Result result = new Rollback(pointer, ports.preparer(), ports.nanoClock()).from(file(entry));
        UpdateReport report = entry.report().rolledBackIn(result.took().toMillis());
        UpdateEntry spent = entry.report().release().map(entry::withSpent).orElse(entry);
        UpdateEvent event = result.restored().isPresent()
                ? UpdateEvent.RESTORED
                : result.hadOne() ? UpdateEvent.FAILED : UpdateEvent.REFUSED;
        String detail = result.detail().isEmpty() ? report.detail() : report.detail() + "; " + result.detail();
        return new UpdateStep(event, spent.with(report.because(report.refusal(), detail)));
    }

    private static UpdateStep failed(UpdateEntry entry, String detail) {
        return new UpdateStep(UpdateEvent.FAILED, entry.with(entry.report().because(Optional.empty(), detail)));
    }

    private VerifiedUpdate verified() {
        return verified.orElseThrow(() -> new IllegalStateException("no verified update in this state"));
    }

    private static ContentDigest file(UpdateEntry entry) {
        return entry.report().file().orElseThrow(() -> new IllegalStateException("no file in this state"));
    }
}
