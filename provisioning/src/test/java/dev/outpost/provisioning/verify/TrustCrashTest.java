package dev.outpost.provisioning.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.VerificationKey.Algorithm;
import dev.outpost.provisioning.storage.SimulatedDisk;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Root and floors through power cuts: what was verified stays verified, and no floor falls. */
class TrustCrashTest {
    private static final TrustFixture FIXTURE = new TrustFixture();
    private static final byte[] FIRST = FIXTURE.firstRoot();
    private static final byte[] SECOND = rotated();
    private static final byte[] FLEET = FIXTURE.signed(TrustFixture.fleet(3, TrustFixture.release(4)).toJson(),
            Role.FLEET);
    private static final byte[] RELEASE = FIXTURE.signed(TrustFixture.release(4).toJson(), Role.RELEASE);

    private long rootPromised;
    private long fleetPromised;
    private long releasePromised;
    private Optional<String> broken = Optional.empty();

    @Test
    void nothingVerifiedIsForgottenWhereverThePowerIsCut() {
        int operations = undisturbed().operations();
        for (int cut = 0; cut <= operations; cut++) {
            for (long seed = -1; seed < 2; seed++) {
                assertEquals(Optional.empty(), crash(cut, seed, sync -> false), "cut=" + cut + ", seed=" + seed);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everySyncIsNeeded() {
        SimulatedDisk disk = undisturbed();
        return new TreeSet<>(disk.syncs()).stream().map(label -> DynamicTest.dynamicTest(label, () -> {
            boolean noticed = false;
            for (int cut = 0; cut <= disk.operations() && !noticed; cut++) {
                noticed = new TrustCrashTest().crash(cut, 1, label::equals).isPresent();
            }
            assertTrue(noticed, "nothing notices that this sync is missing: " + label);
        }));
    }

    @Test
    void oneDamagedCopyOfEachIsHealedByTheOther() {
        for (String damaged : new String[]{"trust/root", "trust/root.copy", "trust/floors.a", "trust/floors.b"}) {
            SimulatedDisk disk = undisturbed();
            disk.flipBit(damaged, 30, 3);
            TrustState found = TrustState.open(disk, TrustFixture.BUILD);
            assertEquals(2, found.root().orElseThrow().version(), damaged);
            assertEquals(4, found.releaseFloor("press-assistant"), damaged);
        }
    }

    @Test
    void rotationThatLostPowerBeforeTheFloorsFellStillResetsThem() {
        SimulatedDisk disk = new SimulatedDisk();
        TrustState trust = TrustState.open(disk, TrustFixture.BUILD);
        trust.install(FIRST);
        new Verifier(trust, TrustFixture.DEVICE).fleet(FLEET);
        trust.keepRoot(SECOND, TrustState.selfSigned(SECOND));
        TrustState found = TrustState.open(disk.afterPowerCut(1), TrustFixture.BUILD);
        assertEquals(0, found.fleetFloor("device/box-7"));
    }

    private void run(SimulatedDisk disk) {
        TrustState trust = TrustState.open(disk, TrustFixture.BUILD);
        trust.install(FIRST);
        rootPromised = 1;
        durable(disk);
        Verifier verifier = new Verifier(trust, TrustFixture.DEVICE);
        VerifiedFleet fleet = verifier.fleet(FLEET);
        fleetPromised = 3;
        durable(disk);
        verifier.update(fleet, RELEASE);
        releasePromised = 4;
        durable(disk);
        fleetPromised = 0; // the rotation may take effect from here on
        verifier.followRoots(List.of(SECOND));
        rootPromised = 2;
        durable(disk);
    }

    private Optional<String> crash(int cut, long seed, Predicate<String> ignored) {
        TrustCrashTest run = new TrustCrashTest();
        SimulatedDisk disk = new SimulatedDisk();
        disk.ignoreSyncs(ignored);
        disk.cutPowerAfter(cut);
        try {
            run.run(disk);
        } catch (SimulatedDisk.PowerCut expected) {
            // The point of the exercise.
        }
        return run.judge(seed < 0 ? disk.afterKill() : disk.afterPowerCut(seed));
    }

    private Optional<String> judge(SimulatedDisk found) {
        TrustState trust = TrustState.open(found, TrustFixture.BUILD);
        if (trust.root().map(root -> root.version()).orElse(0L) < rootPromised) {
            return Optional.of("root is gone");
        }
        if (trust.fleetFloor("device/box-7") < fleetPromised
                || trust.releaseFloor("press-assistant") < releasePromised) {
            return Optional.of("a floor fell");
        }
        return broken;
    }

    private void durable(SimulatedDisk disk) {
        if (!disk.unsynced().isEmpty()) {
            broken = Optional.of("returned before all of it was durable: " + disk.unsynced());
        }
    }

    private static SimulatedDisk undisturbed() {
        SimulatedDisk disk = new SimulatedDisk();
        new TrustCrashTest().run(disk);
        return disk;
    }

    private static byte[] rotated() {
        Map<Role, List<List<DocumentSigner>>> signers = new EnumMap<>(FIXTURE.signers);
        signers.put(Role.FLEET, List.of(TrustFixture.single(Algorithm.ED25519)));
        return FIXTURE.signed(TrustFixture.root(2, signers, new TreeMap<>()).toJson(), Role.ROOT);
    }
}
