package dev.outpost.provisioning.activate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ActivePointerTest {
    private static final ContentDigest OLD = ContentDigest.of(new byte[]{1});
    private static final ContentDigest NEW = ContentDigest.of(new byte[]{2});
    private static final ContentDigest NEXT = ContentDigest.of(new byte[]{3});

    private final SimulatedDisk disk = new SimulatedDisk();
    private final ActivePointer pointer = ActivePointer.open(disk);

    @Test
    void keepsTheLastGoodModelBesideTheNewOne() {
        pointer.choose(OLD);
        pointer.trial(NEW);
        assertEquals(NEW, pointer.current().orElseThrow().digest());
        assertEquals(OLD, pointer.lastGood().orElseThrow().digest());
        pointer.good();
        pointer.trial(NEXT);
        assertEquals(NEW, pointer.lastGood().orElseThrow().digest());
        assertEquals(Set.of(NEW, NEXT), ActivePointer.open(disk).pinned());
    }

    @Test
    void rollsBackToTheLastGoodModelAndNeverToAFailedOne() {
        pointer.choose(OLD);
        pointer.trial(NEW);
        assertTrue(pointer.rollBack());
        assertEquals(OLD, ActivePointer.open(disk).current().orElseThrow().digest());
        assertFalse(pointer.rollBack(), "the failed trial is no way back");
    }

    @Test
    void aTrialThatDoesNotStartIsLeftAfterThreeTimes() {
        pointer.choose(OLD);
        pointer.trial(NEW);
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.of(NEW), ActivePointer.open(disk).start(digest -> true));
        }
        assertEquals(Optional.of(OLD), ActivePointer.open(disk).start(digest -> true));
    }

    @Test
    void aGoodStartForgivesTheBadOnes() {
        pointer.choose(OLD);
        pointer.trial(NEW);
        for (int i = 0; i < 10; i++) {
            ActivePointer boot = ActivePointer.open(disk);
            assertEquals(Optional.of(NEW), boot.start(digest -> true));
            boot.startedWell();
        }
    }

    @Test
    void theOnlyProvenModelIsTriedForEver() {
        pointer.choose(OLD);
        for (int i = 0; i < 10; i++) {
            assertEquals(Optional.of(OLD), ActivePointer.open(disk).start(digest -> true));
        }
    }

    @Test
    void anUnprovenModelWithNothingBesideItIsGivenUp() {
        pointer.trial(NEW);
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.of(NEW), ActivePointer.open(disk).start(digest -> true));
        }
        assertEquals(Optional.empty(), ActivePointer.open(disk).start(digest -> true));
    }

    @Test
    void aModelWhoseFileIsGoneMakesWayForTheOther() {
        pointer.choose(OLD);
        pointer.choose(NEW);
        assertEquals(Optional.of(OLD), pointer.start(OLD::equals));
        assertEquals(Optional.empty(), ActivePointer.open(disk).start(digest -> false));
    }

    @Test
    void anyDamageToOneSlotLeavesTheOther() {
        pointer.choose(OLD);
        pointer.choose(NEW);
        Random random = new Random(1);
        for (int i = 0; i < 416; i++) {
            SimulatedDisk damaged = disk.afterKill();
            damaged.flipBit("slots/a", i / 8, i % 8);
            damaged.flipBit("slots/b", random.nextInt(52), random.nextInt(8));
            assertTrue(ActivePointer.open(damaged).current().isEmpty(), "bit " + i);
            SimulatedDisk one = disk.afterKill();
            one.flipBit("slots/a", i / 8, i % 8);
            assertTrue(ActivePointer.open(one).start(digest -> true).isPresent(), "bit " + i);
        }
    }

    @Test
    void everyChangeIsDurableWhenItReturns() {
        pointer.choose(OLD);
        assertTrue(disk.unsynced().isEmpty());
        pointer.trial(NEW);
        assertTrue(disk.unsynced().isEmpty());
        pointer.rollBack();
        assertTrue(disk.unsynced().isEmpty());
    }
}
