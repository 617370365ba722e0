package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.TrustFixture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpdateMachineTest {
    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestDevice.World world = new TestDevice.World();
    private final TestCarrier carrier = TestFleet.carrier("mqtt");

    @BeforeEach
    void serveTheOldModel() {
        TestFleet.settle(disk);
    }

    @Test
    void bothFitTheOldModelServesUntilTheNewOnePassed() {
        TestDevice device = boot(carrier);
        offer(device);
        UpdateReport report = device.finish();
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), report.outcome());
        assertEquals(Optional.of(TestFleet.NEW_DIGEST), device.serving);
        assertEquals(0, world.gapWithoutModel);
        assertEquals(List.of(UpdateState.IDLE, UpdateState.VERIFYING, UpdateState.STAGING, UpdateState.PLANNING,
                UpdateState.LOADING_BESIDE, UpdateState.GATING, UpdateState.SWITCHING, UpdateState.TRIAL,
                UpdateState.COMMITTING, UpdateState.ACTIVATED), device.states);
        assertEquals(TestFleet.OLD_DIGEST, device.pointer.lastGood().orElseThrow().digest());
        assertEquals(Slot.State.GOOD, device.pointer.current().orElseThrow().state());
        assertTrue(report.reusedBytes() > report.fetchedBytes(), "unchanged tensors were not fetched");
        assertEquals(TestFleet.NEW.length, report.reusedBytes() + report.fetchedBytes());
    }

    @Test
    void onlyOneFitsTheOldModelUnloadsFirst() {
        world.fit = Fit.ALONE;
        TestDevice device = boot(carrier);
        offer(device);
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), device.finish().outcome());
        assertTrue(device.states.contains(UpdateState.DRAINING));
        assertEquals(1, world.gapWithoutModel);
    }

    @Test
    void aModelThatAnswersWronglyIsRolledBack() {
        world.wrong.add(TestFleet.NEW_DIGEST);
        for (Fit fit : List.of(Fit.BESIDE, Fit.ALONE)) {
            world.fit = fit;
            SimulatedDisk copy = disk.afterKill();
            TestDevice device = new TestDevice(copy, TestFleet.TRUST, world, List.of(carrier));
            offer(device);
            UpdateReport report = device.finish();
            assertEquals(Optional.of(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS), report.outcome(), fit.name());
            assertEquals(Optional.of(TestFleet.OLD_DIGEST), device.serving);
            assertTrue(report.detail().startsWith("gate not passed: right=0, asked=2"), report.detail());
        }
    }

    @Test
    void aModelThatDoesNotLoadOrBreaksTheEngineIsRolledBack() {
        world.unloadable.add(TestFleet.NEW_DIGEST);
        TestDevice device = boot(carrier);
        offer(device);
        assertEquals("model does not load: unsupported architecture", device.finish().detail());
        assertEquals(Optional.of(TestFleet.OLD_DIGEST), device.serving);
        world.unloadable.clear();
        world.breaking.add(TestFleet.NEW_DIGEST);
        SimulatedDisk other = new SimulatedDisk();
        TestFleet.settle(other);
        TestDevice second = new TestDevice(other, TestFleet.TRUST, world, List.of(carrier));
        offer(second);
        assertEquals(Optional.of(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS), second.finish().outcome());
    }

    @Test
    void aReleaseThatFailedHereIsNotTriedAgain() {
        world.wrong.add(TestFleet.NEW_DIGEST);
        TestDevice device = boot(carrier);
        offer(device);
        device.finish();
        offer(device);
        UpdateReport again = device.finish();
        assertEquals(Optional.of(Refusal.ATTEMPTS_SPENT), again.refusal());
        assertEquals(Optional.of(UpdateOutcome.REFUSED_NOTHING_CHANGED), again.outcome());
    }

    @Test
    void aTrialWithoutAnswersIsRolledBack() {
        TestDevice device = boot(carrier);
        offer(device);
        assertEquals(UpdateState.TRIAL, device.machine.run());
        assertEquals(Optional.of(TestFleet.NEW_DIGEST), device.serving);
        device.machine.answered(true);
        for (int i = 0; i < 3; i++) {
            device.machine.answered(false);
        }
        device.machine.run();
        assertEquals(Optional.of(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS), device.machine.report().outcome());
        assertEquals(Optional.of(TestFleet.OLD_DIGEST), device.serving);
    }

    @Test
    void aTrialModelThatTakesTheMachineDownIsLeftAfterThreeStarts() {
        TestDevice device = boot(carrier);
        offer(device);
        device.machine.run();
        for (int start = 0; start < 3; start++) {
            assertEquals(Optional.of(TestFleet.NEW_DIGEST), startOnly());
        }
        TestDevice after = boot(carrier);
        assertEquals(Optional.of(TestFleet.OLD_DIGEST), after.serving);
        after.machine.run();
        assertEquals(Optional.of(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS), after.machine.report().outcome());
    }

    @Test
    void anUpdateInWhichTheProcessKeepsDyingIsLeftAfterThreeTimes() {
        world.dieWhenAsked = true;
        TestDevice device = boot(carrier);
        offer(device);
        for (int death = 0; death < 3; death++) {
            TestDevice victim = device;
            assertThrows(SimulatedDisk.PowerCut.class, victim.machine::run);
            device = boot(carrier);
            assertEquals(Optional.of(TestFleet.OLD_DIGEST), device.serving);
        }
        device.machine.run();
        UpdateReport report = device.machine.report();
        assertEquals(Optional.of(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS), report.outcome());
        assertEquals(Optional.of(Refusal.ATTEMPTS_SPENT), report.refusal());
    }

    @Test
    void rollbackHasADeadlineAndSaysSoWhenItIsMissed() {
        world.fit = Fit.ALONE;
        world.wrong.add(TestFleet.NEW_DIGEST);
        world.loadNanos = 61_000_000_000L;
        TestDevice device = boot(carrier);
        offer(device);
        UpdateReport report = device.finish();
        assertEquals(Optional.of(UpdateOutcome.ROLLBACK_FAILED_NEEDS_HANDS), report.outcome());
        assertTrue(report.detail().contains("did not load in time"), report.detail());
        world.loadNanos = 59_000_000_000L;
        SimulatedDisk other = new SimulatedDisk();
        TestFleet.settle(other);
        TestDevice second = new TestDevice(other, TestFleet.TRUST, world, List.of(carrier));
        offer(second);
        assertEquals(59_000, second.finish().rollbackMillis());
    }

    @Test
    void theFirstModelEverThatFailsLeavesTheDeviceAsItWas() {
        SimulatedDisk empty = new SimulatedDisk();
        world.wrong.add(TestFleet.NEW_DIGEST);
        TestDevice device = new TestDevice(empty, TestFleet.TRUST, world, List.of(carrier));
        offer(device);
        assertEquals(Optional.of(UpdateOutcome.REFUSED_NOTHING_CHANGED), device.finish().outcome());
        assertTrue(new TestDevice(empty, TestFleet.TRUST, world, List.of(carrier)).serving.isEmpty());
    }

    @Test
    void adaptersAreRefusedByName() {
        TestDevice device = boot(carrier);
        var adapter = TestFleet.ofKind(TargetKind.ADAPTER);
        device.machine.offer(TestFleet.sign(TrustFixture.fleet(1, adapter)), TestFleet.sign(adapter));
        assertEquals(Optional.of(Refusal.ADAPTER_UNSUPPORTED), device.finish().refusal());
        assertEquals(0, carrier.deliveredBytes());
    }

    @Test
    void questionSetsAreHandedOnWithoutAGate() {
        TestDevice device = boot(carrier);
        var questions = TestFleet.ofKind(TargetKind.QUESTIONS);
        device.machine.offer(TestFleet.sign(TrustFixture.fleet(1, questions)), TestFleet.sign(questions));
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), device.finish().outcome());
        assertEquals(List.of("press-assistant/2"), device.installed);
        assertEquals(Optional.of(TestFleet.OLD_DIGEST), device.serving);
    }

    @Test
    void waitsForItsWaveAndStopsWhenOthersFail() {
        TestDevice device = boot(carrier);
        device.machine.offer(TestFleet.sign(TestFleet.fleet(1, TestFleet.RELEASE, new RolloutRule(0, 0, 1440, 0, 5))),
                TestFleet.SIGNED_RELEASE);
        assertEquals(UpdateState.DEFERRED, device.machine.run());
        assertEquals("not in a released wave", device.machine.report().detail());
        world.failures = 5;
        device.machine.offer(
                TestFleet.sign(TestFleet.fleet(2, TestFleet.RELEASE, new RolloutRule(10_000, 0, 1440, 0, 5))),
                TestFleet.SIGNED_RELEASE);
        assertEquals(UpdateState.DEFERRED, device.machine.run());
        assertEquals("too many failures on other devices", device.machine.report().detail());
        world.failures = 4;
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), device.finish().outcome());
    }

    @Test
    void whatIsActiveAlreadyIsNotInstalledAgain() {
        TestDevice device = boot(carrier);
        offer(device);
        device.finish();
        long delivered = carrier.deliveredBytes();
        offer(device);
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), device.finish().outcome());
        assertEquals(delivered, carrier.deliveredBytes());
    }

    @Test
    void modelThatFitsNowhereIsRefusedBeforeAnythingIsUnloaded() {
        world.fit = Fit.NEVER;
        TestDevice device = boot(carrier);
        offer(device);
        assertEquals(Optional.of(Refusal.MEMORY_BUDGET), device.finish().refusal());
        assertEquals(Optional.of(TestFleet.OLD_DIGEST), device.serving);
    }

    @Test
    void aFileSwappedAfterItWasStagedIsMendedBeforeItIsLoaded() {
        TestDevice device = boot(carrier);
        offer(device);
        world.fit = Fit.NEVER;
        device.finish();
        world.fit = Fit.BESIDE;
        disk.flipBit("models/blobs/" + TestFleet.NEW_DIGEST, 6000, 1);
        TestDevice again = boot(carrier);
        again.machine.offer(TestFleet.sign(TrustFixture.fleet(2, TestFleet.RELEASE)), TestFleet.SIGNED_RELEASE);
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), again.finish().outcome());
        assertTrue(again.store.stillSound(TestFleet.NEW_DIGEST));
    }

    @Test
    void noOfferTakesOverOnceAModelIsOnTrial() {
        TestDevice device = boot(carrier);
        offer(device);
        device.machine.run();
        assertFalse(device.machine.offer(TestFleet.SIGNED_FLEET, TestFleet.SIGNED_RELEASE));
        assertEquals(UpdateState.TRIAL, device.machine.report().state());
    }

    private Optional<ContentDigest> startOnly() {
        return ActivePointer.open(disk).start(digest -> true);
    }

    private TestDevice boot(Carrier... carriers) {
        return new TestDevice(disk, TestFleet.TRUST, world, List.of(carriers));
    }

    private static void offer(TestDevice device) {
        assertTrue(device.machine.offer(TestFleet.SIGNED_FLEET, TestFleet.SIGNED_RELEASE));
    }
}
