package dev.outpost.provisioning.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.storage.Storage;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Attacks on the bytes behind good signatures; without its check, exactly each check's own attacks succeed. */
class StoreAttackTest {
    private static final StoreSettings SMALL = new StoreSettings(new BlockSizes(256, 1024), 1, 0);
    private static final ModelOrigin FLEET = new ModelOrigin.Fleet("press", 1);
    private static final byte[] GOOD = new TinyGguf("template", 3, 2000).bytes();
    private static final byte[] EVIL = new TinyGguf("template", 3, 2000).withOtherTensor(1, 666).bytes();
    private static final BlockList.Cut CUT = BlockList.cut(TinyGguf.source(GOOD), SMALL.blockSizes());
    private static final BlockList EVIL_BLOCKS = BlockList.cut(TinyGguf.source(EVIL), SMALL.blockSizes()).blocks();

    /** Returns whether the attacker's bytes would be used. */
    private interface Attack {
        boolean succeeds(SimulatedDisk disk, ModelStore store);
    }

    private static final Map<String, Map.Entry<StoreCheck, Attack>> ATTACKS = attacks();

    private static Map<String, Map.Entry<StoreCheck, Attack>> attacks() {
        Map<String, Map.Entry<StoreCheck, Attack>> attacks = new LinkedHashMap<>();
        attacks.put("block list of another file of the same length", Map.entry(StoreCheck.LIST_DIGEST,
                (disk, store) -> store.verifiedList(EVIL_BLOCKS.encode(), CUT.blocks().digest(), GOOD.length) != null));
        attacks.put("endless data: a signed list longer than the signed file", Map.entry(StoreCheck.LIST_LENGTH,
                (disk, store) -> store.verifiedList(CUT.blocks().encode(), CUT.blocks().digest(), 5000) != null));
        attacks.put("arbitrary software: other bytes in a block", Map.entry(StoreCheck.BLOCK_DIGEST, (disk, store) -> {
            try (StagedFile staged = store.stage(CUT.file(), CUT.blocks())) {
                return fill(staged, EVIL);
            }
        }));
        attacks.put("partial install: a block rots before the commit",
                Map.entry(StoreCheck.FILE_DIGEST, (disk, store) -> {
                    try (StagedFile staged = store.stage(CUT.file(), CUT.blocks())) {
                        fill(staged, GOOD);
                        disk.flipBit(StagedFile.partName(CUT.file()), 3000, 1);
                        store.commit(staged, FLEET, Optional.empty());
                        return true;
                    }
                }));
        attacks.put("swap after verification", Map.entry(StoreCheck.FILE_BEFORE_USE, (disk, store) -> {
            try (StagedFile staged = store.stage(CUT.file(), CUT.blocks())) {
                fill(staged, GOOD);
                store.commit(staged, FLEET, Optional.empty());
            }
            disk.flipBit(ModelStore.blobName(CUT.file()), 3000, 1);
            return store.stillSound(CUT.file());
        }));
        attacks.put("truncated file", Map.entry(StoreCheck.FILE_BEFORE_USE, (disk, store) -> {
            try (StagedFile staged = store.stage(CUT.file(), CUT.blocks())) {
                fill(staged, GOOD);
                store.commit(staged, FLEET, Optional.empty());
            }
            disk.open(ModelStore.blobName(CUT.file()), Storage.Access.WRITE)
                    .resize(GOOD.length - 1L);
            return store.stillSound(CUT.file());
        }));
        return attacks;
    }

    @TestFactory
    Stream<DynamicTest> isRefused() {
        return ATTACKS.entrySet().stream().map(attack -> DynamicTest.dynamicTest(attack.getKey(), () -> assertEquals(
                List.of(),
                succeeding(EnumSet.allOf(StoreCheck.class)).stream().filter(attack.getKey()::equals).toList())));
    }

    @TestFactory
    Stream<DynamicTest> withoutItsCheckExactlyItsAttacksSucceed() {
        return EnumSet.allOf(StoreCheck.class).stream().map(check -> DynamicTest.dynamicTest(check.name(), () -> {
            Set<String> expected = ATTACKS.entrySet().stream().filter(attack -> attack.getValue().getKey() == check)
                    .map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
            assertEquals(expected, succeeding(EnumSet.complementOf(EnumSet.of(check))));
        }));
    }

    private static Set<String> succeeding(Set<StoreCheck> checks) {
        return ATTACKS.entrySet().stream().filter(attack -> {
            SimulatedDisk disk = new SimulatedDisk();
            try {
                return attack.getValue().getValue().succeeds(disk, ModelStore.open(disk, SMALL, checks));
            } catch (RefusedException refused) {
                return false;
            }
        }).map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean fill(StagedFile staged, byte[] file) {
        boolean all = true;
        for (int i = 0; i < staged.blocks().count(); i++) {
            all &= staged.accept(i,
                    ByteBuffer.wrap(file, (int) staged.blocks().offset(i), staged.blocks().length(i)).slice());
        }
        return all;
    }
}
