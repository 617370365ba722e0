package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.stage.TransferLimits;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.SyncGuard;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.verify.TrustFixture;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A device in a virtual machine of its own, to be killed. It starts as the runtime does, judges what it found, notes what
 * it does in a file, and works until its update has ended. Its engine is the file itself: to load is to read and hash it.
 */
final class KilledDevice implements ModelPreparer, HealthProbe {

    static final StoreSettings STORE = new StoreSettings(BlockSizes.STANDARD, 4 << 20, 0);

    private final KillNotes notes;
    private final ModelStore store;
    private final Fit fit;
    private final boolean good;
    private Optional<ContentDigest> serving = Optional.empty();
    private Optional<ContentDigest> candidate = Optional.empty();

    private KilledDevice(KillNotes notes, ModelStore store, Fit fit, boolean good) {
        this.notes = notes;
        this.store = store;
        this.fit = fit;
        this.good = good;
    }

    /** @param arguments folder of the device, folder of the fleet's files, fit, whether the new model answers well */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path fleet = Path.of(arguments[1]);
        try (KillNotes notes = KillNotes.append(folder.resolve("notes"))) {
            notes.note("BORN", ProcessHandle.current().pid());
            SyncGuard storage = new SyncGuard(new DirectoryStorage(folder.resolve("state")));
            ModelStore store = ModelStore.open(storage, STORE);
            ActivePointer pointer = ActivePointer.open(storage);
            KilledDevice device = new KilledDevice(notes, store, Fit.valueOf(arguments[2]),
                    Boolean.parseBoolean(arguments[3]));
            device.start(pointer);
            UpdateMachine machine = new UpdateMachine(storage, store, pointer,
                    new Verifier(TrustState.open(storage, TrustFixture.BUILD), TrustFixture.DEVICE),
                    UpdateJournal.open(storage), device.ports(fleet));
            pointer.startedWell();
            machine.resume();
            notes.note("READY", 0);
            device.work(machine, fleet);
        }
    }

    private void start(ActivePointer pointer) {
        Optional<ContentDigest> chosen = pointer.start(digest -> store.find(digest).isPresent());
        if (chosen.isEmpty() || !store.stillSound(chosen.get())) {
            notes.note("NO_MODEL", 0);
            return;
        }
        serving = chosen;
        notes.note("SERVES", chosen.get().hex());
    }

    private void work(UpdateMachine machine, Path fleet) throws IOException {
        if (machine.report().state() == UpdateState.IDLE) {
            machine.offer(Files.readAllBytes(fleet.resolve("fleet")), Files.readAllBytes(fleet.resolve("release")));
        }
        machine.run();
        while (machine.report().state() == UpdateState.TRIAL) {
            LockSupport.parkNanos(5_000_000);
            machine.answered(true);
            machine.run();
        }
        notes.note("ENDED", machine.report().outcome().map(Enum::name).orElse("nothing"));
    }

    private UpdatePorts ports(Path fleet) {
        return new UpdatePorts(List.of(new NotedCarrier(fleet, notes)), TransferLimits.STANDARD, this,
                (line, counter, digest) -> {}, this, new RolloutConditions() {
                    @Override
                    public Optional<Instant> trustedNow() {
                        return Optional.empty();
                    }

                    @Override
                    public long idleMinutes() {
                        return 0;
                    }

                    @Override
                    public int failures(ContentDigest release) {
                        return 0;
                    }
                }, report -> notes.note("STATE", report.state().name()), System::nanoTime);
    }

    @Override
    public Fit fit(ContentDigest digest, ReleaseManifest release) {
        return fit;
    }

    @Override
    public void load(ContentDigest digest) throws PreparationFailedException {
        require(digest);
        candidate = Optional.of(digest);
    }

    @Override
    public void unloadServing() {
        LockSupport.parkNanos(5_000_000);
        serving = Optional.empty();
    }

    @Override
    public void serve(ContentDigest digest, Duration deadline) throws PreparationFailedException {
        if (!serving.equals(Optional.of(digest))) {
            require(digest);
            serving = Optional.of(digest);
            candidate = Optional.empty();
        }
    }

    @Override
    public void discard() {
        candidate = Optional.empty();
    }

    @Override
    public Answer ask(ContentDigest model, GoldenQuestion question) {
        LockSupport.parkNanos(5_000_000);
        if (good) {
            notes.note("GATE", model.hex());
        }
        return new Answer(good ? " " + question.expect() + "." : "I do not know", 20);
    }

    private void require(ContentDigest digest) throws PreparationFailedException {
        if (store.find(digest).isEmpty() || !store.stillSound(digest)) {
            throw new PreparationFailedException("file is not there", null);
        }
    }
}
