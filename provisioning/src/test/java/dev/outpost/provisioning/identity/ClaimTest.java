package dev.outpost.provisioning.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.provisioning.verify.TrustFixture;
import dev.outpost.provisioning.verify.TrustState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final TrustFixture FIXTURE = new TrustFixture();
    private static final JsonValue ROOT = JsonReader.read(FIXTURE.firstRoot(), 1 << 20);
    private static final StoreSettings SETTINGS = new StoreSettings(new BlockSizes(256, 1024), 1, 0);

    private final SimulatedDisk disk = new SimulatedDisk();

    @Test
    void bindsADeviceThatHasNoFleetYet() {
        accept(disk, claim("box-7", 1));
        assertEquals(1, TrustState.open(disk, TrustFixture.BUILD).root().orElseThrow().version());
        Claim stored = new ClaimFile(disk, TrustState.open(disk, TrustFixture.BUILD)).current().orElseThrow();
        assertEquals("token-1", stored.token());
        assertEquals("tls://broker.plant-1.example:8883", stored.links().get("fleet"));
    }

    @Test
    void countsOnceAndInOrder() {
        accept(disk, claim("box-7", 2));
        assertEquals(Refusal.REPLAYED, refusal(claim("box-7", 1)));
        accept(disk, claim("box-7", 3));
        assertEquals(Refusal.REPLAYED, refusal(claim("box-7", 2)));
    }

    @Test
    void acceptingTheStoredClaimAgainChangesNothing() {
        byte[] claim = claim("box-7", 2);
        accept(disk, claim);
        accept(disk, claim);
        assertEquals(2,
                new ClaimFile(disk, TrustState.open(disk, TrustFixture.BUILD)).current().orElseThrow().counter());
    }

    @Test
    void refusesAClaimForAnotherDeviceOrOneChangedByABit() {
        assertEquals(Refusal.WRONG_DEVICE, refusal(claim("box-8", 1)));
        String changed = new String(claim("box-7", 1), StandardCharsets.UTF_8).replace("token-1",
                "token-9");
        assertEquals(Refusal.TOO_FEW_SIGNATURES, refusal(changed.getBytes(StandardCharsets.UTF_8)));
        assertTrue(TrustState.open(disk, TrustFixture.BUILD).root().isEmpty(), "nothing changed");
    }

    @Test
    void anotherFleetCannotTakeAClaimedDevice() {
        accept(disk, claim("box-7", 1));
        TrustFixture thief = new TrustFixture();
        byte[] theirs = thief.signed(payload("box-7", 9, JsonReader.read(thief.firstRoot(), 1 << 20)).toJson(),
                Role.FLEET);
        assertEquals(Refusal.TOO_FEW_SIGNATURES, refusal(theirs));
    }

    @Test
    void survivesAPowerCutAnywhereAndIsThenAcceptedAgain() {
        byte[] claim = claim("box-7", 1);
        for (int cut = 0;; cut++) {
            SimulatedDisk cutting = new SimulatedDisk();
            cutting.cutPowerAfter(cut);
            boolean done = false;
            try {
                accept(cutting, claim);
                done = true;
            } catch (SimulatedDisk.PowerCut expected) {
                // The point of the exercise.
            }
            SimulatedDisk found = cutting.afterPowerCut(cut);
            accept(found, claim);
            assertEquals(Refusal.REPLAYED, assertThrows(RefusedException.class,
                    () -> TrustState.open(found, TrustFixture.BUILD).useCounter("claim", 1)).code());
            if (done) {
                return;
            }
        }
    }

    @Test
    void transferForgetsTheOwnerAndKeepsTheModels() {
        settle();
        TrustState trust = TrustState.open(disk, TrustFixture.BUILD);
        Ownership.obey(disk, trust, "box-7", order(OwnershipCommand.Operation.TRANSFER, 1));
        assertTrue(TrustState.open(disk, TrustFixture.BUILD).root().isEmpty());
        assertFalse(disk.exists(FileKey.FILE));
        assertEquals(1, ModelStore.open(disk, SETTINGS).models().size());
        assertTrue(disk.unsynced().isEmpty());
    }

    @Test
    void wipeLeavesNothingEvenWhenThePowerIsCutOnTheWay() {
        settle();
        for (int cut = 0;; cut++) {
            SimulatedDisk cutting = disk.afterKill();
            TrustState trust = TrustState.open(cutting, TrustFixture.BUILD);
            cutting.cutPowerAfter(cut);
            boolean done = false;
            try {
                Ownership.obey(cutting, trust, "box-7", order(OwnershipCommand.Operation.WIPE, 1));
                done = true;
            } catch (SimulatedDisk.PowerCut expected) {
                // The point of the exercise.
            }
            SimulatedDisk found = cutting.afterPowerCut(cut);
            boolean begun = Ownership.finish(found);
            boolean trusts = TrustState.open(found, TrustFixture.BUILD).root().isPresent();
            boolean hasKey = found.exists(FileKey.FILE);
            boolean hasModel = !ModelStore.open(found, SETTINGS).models().isEmpty();
            assertEquals(trusts, hasKey, "half an identity at " + cut);
            assertEquals(trusts, hasModel, "models without trust at " + cut);
            assertFalse(begun && trusts || done && trusts);
            if (done) {
                return;
            }
        }
    }

    @Test
    void anOrderIsObeyedOnceByItsOwnDevice() {
        settle();
        TrustState trust = TrustState.open(disk, TrustFixture.BUILD);
        trust.useCounter("owner", 5);
        assertEquals(Refusal.REPLAYED, assertThrows(RefusedException.class,
                () -> Ownership.obey(disk, trust, "box-7", order(OwnershipCommand.Operation.WIPE, 5))).code());
        assertEquals(Refusal.WRONG_DEVICE, assertThrows(RefusedException.class,
                () -> Ownership.obey(disk, trust, "box-8", order(OwnershipCommand.Operation.WIPE, 6))).code());
        byte[] byFleet = FIXTURE.signed(
                new OwnershipCommand("plant-1", "box-7", OwnershipCommand.Operation.WIPE, 7).toJson(),
                Role.FLEET);
        assertEquals(Refusal.TOO_FEW_SIGNATURES,
                assertThrows(RefusedException.class, () -> Ownership.obey(disk, trust, "box-7", byFleet)).code());
    }

    private void settle() {
        accept(disk, claim("box-7", 1));
        FileKey.openOrCreate(disk);
        ModelStore.open(disk, SETTINGS).importFile(TinyGguf.source(new TinyGguf("t", 2, 900).bytes()),
                new ModelOrigin.Operator("test"), Optional.of("m"), bytes -> {});
    }

    private Refusal refusal(byte[] claim) {
        return assertThrows(RefusedException.class, () -> accept(disk, claim)).code();
    }

    private static void accept(Storage storage, byte[] claim) {
        new ClaimFile(storage, TrustState.open(storage, TrustFixture.BUILD)).accept(claim, "box-7");
    }

    private static byte[] claim(String device, long counter) {
        return FIXTURE.signed(payload(device, counter, ROOT).toJson(), Role.FLEET);
    }

    private static Claim payload(String device, long counter, JsonValue root) {
        return new Claim("plant-1", device, counter, "token-" + counter, "https://hub.plant-1.example/est",
                new TreeMap<>(Map.of("fleet", "tls://broker.plant-1.example:8883")), List.of("ab".repeat(32)), root);
    }

    private static byte[] order(OwnershipCommand.Operation operation, long counter) {
        return FIXTURE.signed(new OwnershipCommand("plant-1", "box-7", operation, counter).toJson(), Role.OWNER);
    }
}
