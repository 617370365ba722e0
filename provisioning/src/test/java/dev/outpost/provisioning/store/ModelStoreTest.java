package dev.outpost.provisioning.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.failure.StorageFaultException;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.SyncGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import dev.outpost.provisioning.storage.StorageFile;
import java.util.List;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    private static final StoreSettings SMALL = new StoreSettings(new BlockSizes(256, 1024), 1, 0);
    private static final ModelOrigin OPERATOR = new ModelOrigin.Operator("stick");
    private static final TinyGguf MODEL = new TinyGguf("template", 4, 3000);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final ModelStore store = ModelStore.open(disk, SMALL);

    @Test
    void importsAFileUnderItsDigestAndName() {
        StoredModel model = add(MODEL, "press");
        assertEquals(ContentDigest.of(MODEL.bytes()), model.digest());
        assertEquals(model, ModelStore.open(disk, SMALL).named("press").orElseThrow());
        assertTrue(store.stillSound(model.digest()));
        assertEquals(model.blockList(), store.blocks(model.digest()).digest());
    }

    @Test
    void importingTheSameFileAgainOnlyMovesTheName() {
        add(MODEL, "one");
        int operations = disk.operations();
        add(MODEL, "two");
        assertEquals(Set.of("one", "two"), store.models().getFirst().names());
        assertTrue(disk.operations() - operations < 10, "no bytes were copied again");
    }

    @Test
    void aNameMovesToTheNewestFileInOneStep() {
        StoredModel old = add(MODEL, "press");
        StoredModel next = add(MODEL.withOtherTensor(2, 9), "press");
        assertEquals(next, store.named("press").orElseThrow());
        assertTrue(store.find(old.digest()).orElseThrow().names().isEmpty());
    }

    @Test
    void collectsOnlyWhatNeitherANameNorASlotNeeds() {
        StoredModel slot = add(MODEL, "a");
        StoredModel named = add(MODEL.withOtherTensor(1, 8), "b");
        StoredModel waste = add(MODEL.withOtherTensor(1, 9), "c");
        store.removeName("a");
        store.removeName("c");
        assertEquals(waste.bytes(), store.collect(Set.of(slot.digest())));
        assertTrue(store.find(slot.digest()).isPresent());
        assertTrue(store.find(named.digest()).isPresent());
        assertFalse(disk.exists(ModelStore.blobName(waste.digest())));
    }

    @Test
    void takesBlocksOfAnyInstalledModel() {
        add(MODEL, "old");
        byte[] next = MODEL.withTemplate("another template, longer by some").bytes();
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(next), SMALL.blockSizes());
        try (StagedFile staged = store.stage(cut.file(), cut.blocks())) {
            long gained = store.seed(staged);
            assertTrue(staged.missingBytes() <= 1024, "missing=" + staged.missingBytes());
            assertEquals(next.length, gained + staged.missingBytes());
        }
    }

    @Test
    void checksTheDiskBeforeTheFirstByte() {
        disk.capacity(MODEL.bytes().length - 1000L);
        int operations = disk.operations();
        assertEquals(Refusal.DISK_BUDGET, assertThrows(RefusedException.class, () -> add(MODEL, "a")).code());
        assertEquals(operations, disk.operations());
    }

    @Test
    void leavesTheReserveAlone() {
        ModelStore careful = ModelStore.open(disk, new StoreSettings(SMALL.blockSizes(), 1, 64 << 20));
        disk.capacity((64 << 20) + 5000);
        assertEquals(Refusal.DISK_BUDGET, assertThrows(RefusedException.class,
                () -> careful.importFile(TinyGguf.source(MODEL.bytes()), OPERATOR, Optional.empty(), bytes -> {}))
                .code());
    }

    @Test
    void aDamagedFileLeavesTheCatalogueAndKeepsItsGoodBlocks() {
        StoredModel model = add(MODEL, "press");
        disk.flipBit(ModelStore.blobName(model.digest()), 5000, 2);
        assertFalse(store.stillSound(model.digest()));
        assertTrue(store.find(model.digest()).isEmpty());
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(MODEL.bytes()), SMALL.blockSizes());
        try (StagedFile staged = store.stage(cut.file(), cut.blocks())) {
            assertEquals(1, staged.missing(100).size());
        }
        assertEquals(model.digest(), add(MODEL, "press").digest());
    }

    @Test
    void aDamagedCatalogueIsRebuiltFromSoundFiles() {
        StoredModel sound = add(MODEL, "a");
        StoredModel damaged = add(MODEL.withOtherTensor(0, 3), "b");
        disk.flipBit(ModelStore.CATALOGUE, 40, 1);
        disk.flipBit(ModelStore.blobName(damaged.digest()), 100, 1);
        ModelStore again = ModelStore.open(disk, SMALL);
        assertEquals(1, again.models().size());
        assertEquals(sound.digest(), again.models().getFirst().digest());
        assertFalse(again.models().getFirst().names().isEmpty(), "a name keeps it from being collected");
    }

    @Test
    void aBlockThatRottedWhileStagedIsFetchedAgainAloneOnceTheWholeFails() {
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(MODEL.bytes()), SMALL.blockSizes());
        StagedFile staged = store.stage(cut.file(), cut.blocks());
        LocalBlocks.copy(TinyGguf.source(MODEL.bytes()), staged, bytes -> {});
        disk.flipBit(StagedFile.partName(cut.file()), 4000, 0);
        assertEquals(Refusal.FILE_MISMATCH,
                assertThrows(RefusedException.class, () -> store.commit(staged, OPERATOR, Optional.empty())).code());
        assertEquals(1, staged.recheck());
        assertEquals(1, staged.missing(10).size());
    }

    @Test
    void afterAFailedSyncNothingIsWrittenAnyMore() {
        SyncGuard guard = new SyncGuard(disk);
        ModelStore guarded = ModelStore.open(guard, SMALL);
        int failures = 0;
        for (int at = 0; at < 12 && !guard.readOnly(); at++) {
            disk.failAfter(at);
            byte[] file = MODEL.withOtherTensor(0, at).bytes();
            try {
                guarded.importFile(TinyGguf.source(file), OPERATOR, Optional.empty(), bytes -> {});
            } catch (StorageFaultException e) {
                failures++;
            }
        }
        assertTrue(guard.readOnly(), "a sync failed after " + failures + " faults");
        int operations = disk.operations();
        assertThrows(StorageFaultException.class, () -> guarded.importFile(TinyGguf.source(MODEL.bytes()), OPERATOR,
                Optional.empty(), bytes -> {}));
        assertEquals(operations, disk.operations());
    }

    @Test
    void everyDiskFaultIsReportedAndLeavesTheOldModelServable() {
        int faults = 0;
        while (true) {
            SimulatedDisk faulty = new SimulatedDisk();
            ModelStore before = ModelStore.open(faulty, SMALL);
            StoredModel old = before.importFile(TinyGguf.source(MODEL.bytes()), OPERATOR, Optional.of("m"), b -> {});
            faulty.failAfter(faults);
            boolean failed = false;
            try {
                before.importFile(TinyGguf.source(MODEL.withOtherTensor(0, 5).bytes()), OPERATOR, Optional.of("m"),
                        bytes -> {});
            } catch (StorageFaultException e) {
                failed = true;
            }
            ModelStore after = ModelStore.open(faulty.afterPowerCut(faults), SMALL);
            assertTrue(after.stillSound(old.digest()), "fault at operation " + faults);
            if (!failed) {
                break;
            }
            faults++;
        }
        assertTrue(faults > 30, "faults injected: " + faults);
    }

    @Test
    void refusesNamesThatAreNotNames() {
        for (String name : new String[]{"", "../x", "a/b", "A", "a b", "x".repeat(97), "a\u0000"}) {
            assertEquals(Refusal.BAD_NAME, assertThrows(RefusedException.class, () -> add(MODEL, name)).code());
        }
        assertEquals(Refusal.UNKNOWN_MODEL,
                assertThrows(RefusedException.class, () -> store.removeName("nobody")).code());
    }

    @Test
    void liesOnARealFileSystemReadOnlyForItsOwnerAlone(@TempDir Path root) throws IOException {
        DirectoryStorage real = new DirectoryStorage(root.resolve("state"));
        ModelStore onDisk = ModelStore.open(real, SMALL);
        StoredModel model = onDisk.importFile(TinyGguf.source(MODEL.bytes()), OPERATOR, Optional.of("m"), b -> {});
        Path blob = real.path(ModelStore.blobName(model.digest()));
        assertEquals("r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(blob)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(blob.getParent())));
        assertTrue(ModelStore.open(real, SMALL).stillSound(model.digest()));
        assertEquals(0, onDisk.importFile(TinyGguf.source(new byte[0]), OPERATOR, Optional.empty(), b -> {}).bytes());
    }

    @Test
    void neverFollowsASymbolicLink(@TempDir Path root) throws IOException {
        DirectoryStorage real = new DirectoryStorage(root.resolve("state"));
        ModelStore onDisk = ModelStore.open(real, SMALL);
        Path victim = Files.writeString(root.resolve("victim"), "precious");
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(MODEL.bytes()), SMALL.blockSizes());
        Files.createSymbolicLink(real.path(StagedFile.partName(cut.file())), victim);
        assertThrows(StorageFaultException.class, () -> onDisk.stage(cut.file(), cut.blocks()));
        assertEquals("precious", Files.readString(victim));
        assertThrows(StorageFaultException.class, () -> real.open("../victim", Storage.Access.READ));
        assertThrows(StorageFaultException.class, () -> real.path("/etc/passwd"));
    }

    @Test
    void aKilledProcessLosesNoVerifiedBlockHoweverLongTheSyncInterval() {
        StoreSettings lazy = new StoreSettings(SMALL.blockSizes(), StagedFile.MAX_SYNC_BYTES, 0);
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(MODEL.bytes()), SMALL.blockSizes());
        StagedFile staged = ModelStore.open(disk, lazy).stage(cut.file(), cut.blocks());
        int syncs = disk.syncs().size();
        for (int i = 0; i < 7; i++) {
            assertTrue(staged.accept(i,
                    ByteBuffer.wrap(MODEL.bytes(), (int) cut.blocks().offset(i), cut.blocks().length(i)).slice()));
        }
        assertEquals(syncs, disk.syncs().size());
        SimulatedDisk found = disk.afterKill();
        try (StagedFile again = ModelStore.open(found, lazy).stage(cut.file(), cut.blocks())) {
            assertEquals(7, again.missing(1).getFirst());
        }
        assertTrue(found.unsynced().isEmpty(), "what was found is made durable");
    }

    @Test
    void acceptsBlocksInAnyOrderAndIgnoresRepeats() {
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(MODEL.bytes()), SMALL.blockSizes());
        try (StagedFile staged = store.stage(cut.file(), cut.blocks())) {
            for (int i = cut.blocks().count() - 1; i >= 0; i--) {
                ByteBuffer block = ByteBuffer.wrap(MODEL.bytes(), (int) cut.blocks().offset(i), cut.blocks().length(i));
                assertTrue(staged.accept(i, block.slice()));
                assertTrue(staged.accept(i, block.slice()));
            }
            assertEquals(cut.file(), store.commit(staged, OPERATOR, Optional.empty()).digest());
        }
    }

    @Test
    void adoptsADownloadByItsDigestAlone() {
        ContentDigest digest = pulled(disk, MODEL.bytes());
        StoredModel model = store.adopt(digest, OPERATOR, Optional.of("pulled"));
        assertEquals(BlockList.cut(TinyGguf.source(MODEL.bytes()), SMALL.blockSizes()).blocks().digest(),
                model.blockList());
        assertTrue(store.stillSound(digest) && !disk.exists(ModelStore.pulledName(digest)));
        pulled(disk, MODEL.bytes());
        assertEquals(Set.of("again", "pulled"), store.adopt(digest, OPERATOR, Optional.of("again")).names());
        assertFalse(disk.exists(ModelStore.pulledName(digest)));
    }

    @Test
    void aDownloadOfAnotherFileIsRefusedAndDeleted() {
        ContentDigest digest = ContentDigest.of(MODEL.bytes());
        write(disk, ModelStore.pulledName(digest), "something else".getBytes(StandardCharsets.UTF_8));
        assertEquals(Refusal.FILE_MISMATCH,
                assertThrows(RefusedException.class, () -> store.adopt(digest, OPERATOR, Optional.empty())).code());
        assertFalse(disk.exists(ModelStore.pulledName(digest)));
        assertTrue(store.find(digest).isEmpty());
    }

    /** Killed or without power before each operation: the file is stored, or lies where it can be adopted again. */
    @Test
    void anAdoptionThatIsCutNeverLosesTheDownload() {
        ContentDigest digest = ContentDigest.of(MODEL.bytes());
        int cuts = 0;
        for (boolean done = false; !done; cuts++) {
            SimulatedDisk cut = new SimulatedDisk();
            ModelStore first = ModelStore.open(cut, SMALL);
            pulled(cut, MODEL.bytes());
            cut.cutPowerAfter(cuts);
            try {
                first.adopt(digest, OPERATOR, Optional.of("m"));
                done = true;
            } catch (SimulatedDisk.PowerCut expected) {
                done = false;
            }
            for (SimulatedDisk found : List.of(cut.afterKill(), cut.afterPowerCut(cuts), cut.afterPowerCut(-cuts))) {
                ModelStore next = ModelStore.open(found, SMALL);
                StoredModel model = next.find(digest).isPresent()
                        ? next.find(digest).get()
                        : next.adopt(digest, OPERATOR, Optional.of("m"));
                assertEquals(Set.of("m"), model.names(), "cut=" + cuts);
                assertTrue(next.stillSound(digest), "cut=" + cuts);
            }
        }
        assertTrue(cuts > 10, "cuts=" + cuts);
    }

    private static ContentDigest pulled(SimulatedDisk disk, byte[] content) {
        ContentDigest digest = ContentDigest.of(content);
        write(disk, ModelStore.pulledName(digest), content);
        return digest;
    }

    private static void write(SimulatedDisk disk, String name, byte[] content) {
        try (StorageFile file = disk.open(name, Storage.Access.WRITE)) {
            file.write(0, ByteBuffer.wrap(content));
            file.sync();
        }
        disk.syncDirectory(Storage.parent(name));
    }

    private StoredModel add(TinyGguf model, String name) {
        return store.importFile(TinyGguf.source(model.bytes()), OPERATOR, Optional.of(name), bytes -> {});
    }
}
