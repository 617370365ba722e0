package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * One update of a device whose power is cut, once or often, with what is found judged at every start: a model serves, it
 * is whole, it is the new one only after its gate, nothing verified is fetched again, and the update ends as it must.
 */
final class KillPoint {
    /**
     * What is updated and how.
     *
     * @param fit how both models fit
     * @param good whether the new model answers well
     */
    record Scenario(Fit fit, boolean good) {
        UpdateOutcome outcome() {
            return good ? UpdateOutcome.ACTIVATED : UpdateOutcome.ROLLED_BACK_TO_PREVIOUS;
        }
    }

    /** A device that serves the old model; copied for every run. */
    private static final SimulatedDisk SETTLED = settled();

    private final Scenario scenario;
    private final Predicate<String> ignoredSyncs;
    private final TestDevice.World world = new TestDevice.World();
    private final TestCarrier carrier = TestFleet.carrier("mqtt");
    private SimulatedDisk disk;
    private int cuts;
    private int operations;
    private UpdateState cutIn = UpdateState.IDLE;

    KillPoint(Scenario scenario, Predicate<String> ignoredSyncs) {
        this.scenario = scenario;
        this.ignoredSyncs = ignoredSyncs;
        this.disk = SETTLED.afterKill();
        world.fit = scenario.fit();
        if (!scenario.good()) {
            world.wrong.add(TestFleet.NEW_DIGEST);
        }
    }

    /** An undisturbed run; returns the operations it took. */
    static int undisturbed(Scenario scenario) {
        KillPoint run = new KillPoint(scenario, sync -> false);
        run.process(Integer.MAX_VALUE);
        return run.operations;
    }

    /** Power cut before one operation; the seed chooses what survives, -1 = the process alone was killed. */
    Optional<String> once(int cut, long seed) {
        if (process(cut)) {
            return judgeEnd();
        }
        return powerOff(seed).or(() -> process(Integer.MAX_VALUE) ? judgeEnd() : Optional.of("did not end"));
    }

    /** Power cuts at random moments until the update has ended. */
    Optional<String> often(long seed, int span) {
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            if (process(random.nextInt(span))) {
                return judgeEnd();
            }
            Optional<String> broken = powerOff(random.nextInt(3) == 0 ? -1 : random.nextLong(1L << 40));
            if (broken.isPresent()) {
                return broken;
            }
        }
        return process(Integer.MAX_VALUE) ? judgeEnd() : Optional.of("did not end");
    }

    /** The state in which the last cut fell. */
    UpdateState cutIn() {
        return cutIn;
    }

    private Optional<String> powerOff(long seed) {
        cuts++;
        disk = seed < 0 ? disk.afterKill() : disk.afterPowerCut(seed);
        try {
            return judgeServing(disk.afterKill());
        } catch (RuntimeException e) {
            return Optional.of("does not start: " + e);
        }
    }

    private Optional<String> judgeServing(SimulatedDisk found) {
        ModelStore store = ModelStore.open(found, TestDevice.SETTINGS);
        Optional<ContentDigest> serving = ActivePointer.open(found).start(digest -> store.find(digest).isPresent());
        if (serving.isEmpty()) {
            return Optional.of("no model");
        }
        if (!store.stillSound(serving.get())) {
            return Optional.of("the model is damaged");
        }
        boolean isNew = serving.get().equals(TestFleet.NEW_DIGEST);
        if (isNew && !world.passedGate.contains(serving.get())) {
            return Optional.of("a model serves that never passed its gate");
        }
        return Optional.empty();
    }

    private Optional<String> judgeEnd() {
        UpdateReport report = UpdateEntry.of(UpdateJournal.open(disk.afterKill()).last().orElseThrow()).report();
        boolean attemptsSpent = scenario.good() && cuts >= 3
                && report.outcome().equals(Optional.of(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS));
        if (!report.outcome().equals(Optional.of(scenario.outcome())) && !attemptsSpent) {
            return Optional.of("ended as " + report);
        }
        ContentDigest expected = report.state() == UpdateState.ACTIVATED
                ? TestFleet.NEW_DIGEST
                : TestFleet.OLD_DIGEST;
        if (!ActivePointer.open(disk.afterKill()).current().map(Slot::digest).equals(Optional.of(expected))) {
            return Optional.of("serves the wrong model at the end");
        }
        if (carrier.deliveredAgain() > 0) {
            return Optional.of("verified blocks fetched again: " + carrier.deliveredAgain());
        }
        long discarded = carrier.deliveredBytes() - TestFleet.NEW.length;
        if (discarded > (long) cuts * TestDevice.SETTINGS.blockSizes().data()) {
            return Optional.of("bytes discarded: " + discarded);
        }
        return judgeServing(disk.afterKill());
    }

    /** One process: boots, takes the offer if it has none, works; false when the power went. */
    private boolean process(int cut) {
        disk.ignoreSyncs(ignoredSyncs);
        int before = disk.operations();
        if (cut != Integer.MAX_VALUE) {
            disk.cutPowerAfter(cut);
        }
        TestDevice device = null;
        try {
            device = new TestDevice(disk, TestFleet.TRUST, world, List.of(carrier));
            if (device.machine.report().state() == UpdateState.IDLE) {
                device.machine.offer(TestFleet.SIGNED_FLEET, TestFleet.SIGNED_RELEASE);
            }
            device.finish();
            operations = disk.operations() - before;
            return true;
        } catch (SimulatedDisk.PowerCut expected) {
            cutIn = device == null ? UpdateState.IDLE : device.machine.report().state();
            return false;
        }
    }

    private static SimulatedDisk settled() {
        SimulatedDisk disk = new SimulatedDisk();
        TestFleet.settle(disk);
        return disk;
    }
}
