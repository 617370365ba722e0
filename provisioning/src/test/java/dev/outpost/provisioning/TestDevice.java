package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.gate.ProbeFailedException;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.TransferLimits;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.verify.TrustFixture;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One process of a device over a disk: boots as the runtime does, with an engine that only looks at digests. */
final class TestDevice implements ModelPreparer, HealthProbe, RolloutConditions {
    static final StoreSettings SETTINGS = new StoreSettings(new BlockSizes(256, 1024), 1, 0);

    final ModelStore store;
    final ActivePointer pointer;
    final UpdateMachine machine;
    final List<UpdateState> states = new ArrayList<>();
    final List<String> installed = new ArrayList<>();
    /** What requests get; empty while a model is loading or when there is none. */
    Optional<ContentDigest> serving;
    Optional<ContentDigest> candidate = Optional.empty();
    private final World world;

    /** What outlives a process: how the engine behaves, what was seen. */
    static final class World {
        Fit fit = Fit.BESIDE;
        final List<ContentDigest> unloadable = new ArrayList<>();
        final List<ContentDigest> wrong = new ArrayList<>();
        final List<ContentDigest> breaking = new ArrayList<>();
        final List<ContentDigest> passedGate = new ArrayList<>();
        boolean oldGone;
        boolean dieWhenAsked;
        int failures;
        long nanos;
        long loadNanos = 1_000_000;
        int gapWithoutModel;
    }

    TestDevice(Storage disk, TrustFixture fixture, World world, List<Carrier> carriers) {
        this.world = world;
        this.store = ModelStore.open(disk, SETTINGS);
        this.pointer = ActivePointer.open(disk);
        this.serving = pointer.start(digest -> store.find(digest).isPresent());
        TrustState trust = fixture.install(disk);
        UpdatePorts ports = new UpdatePorts(carriers, TransferLimits.STANDARD, this,
                (line, counter, digest) -> installed.add(line + "/" + counter), this, this,
                report -> states.add(report.state()), () -> world.nanos);
        this.machine = new UpdateMachine(disk, store, pointer, new Verifier(trust, TrustFixture.DEVICE),
                UpdateJournal.open(disk), ports);
        pointer.startedWell();
        machine.resume();
    }

    /** Runs to the end, with every request on trial answered. */
    UpdateReport finish() {
        machine.run();
        while (machine.report().state() == UpdateState.TRIAL) {
            machine.answered(true);
            machine.run();
        }
        return machine.report();
    }

    @Override
    public Fit fit(ContentDigest digest, ReleaseManifest release) {
        return world.fit;
    }

    @Override
    public void load(ContentDigest digest) throws PreparationFailedException {
        if (world.fit == Fit.ALONE && serving.isPresent()) {
            throw new PreparationFailedException("both do not fit", null);
        }
        require(digest);
        candidate = Optional.of(digest);
    }

    @Override
    public void unloadServing() {
        serving = Optional.empty();
        world.gapWithoutModel++;
    }

    @Override
    public void serve(ContentDigest digest, Duration deadline) throws PreparationFailedException {
        if (!serving.equals(Optional.of(digest))) {
            if (!candidate.equals(Optional.of(digest))) {
                require(digest);
                world.nanos += world.loadNanos;
                if (world.loadNanos > deadline.toNanos()) {
                    throw new PreparationFailedException("did not load in time", null);
                }
            }
            serving = Optional.of(digest);
            candidate = Optional.empty();
        }
    }

    @Override
    public void discard() {
        candidate = Optional.empty();
    }

    @Override
    public Answer ask(ContentDigest model, GoldenQuestion question) throws ProbeFailedException {
        if (!candidate.equals(Optional.of(model))) {
            throw new ProbeFailedException("not loaded", null);
        }
        if (world.dieWhenAsked) {
            throw new SimulatedDisk.PowerCut("the golden question");
        }
        if (world.breaking.contains(model)) {
            throw new IllegalStateException("engine fault");
        }
        boolean wrong = world.wrong.contains(model);
        if (!wrong && !world.passedGate.contains(model)) {
            world.passedGate.add(model);
        }
        return new Answer(wrong ? "I do not know" : " " + question.expect() + ".", 20);
    }

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
        return world.failures;
    }

    private void require(ContentDigest digest) throws PreparationFailedException {
        if (world.unloadable.contains(digest)) {
            throw new PreparationFailedException("unsupported architecture", null);
        }
        if (world.oldGone || store.find(digest).isEmpty() || !store.stillSound(digest)) {
            throw new PreparationFailedException("file is not there", null);
        }
    }
}
