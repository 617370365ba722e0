package dev.outpost.provisioning.store;

import dev.outpost.provisioning.storage.SimulatedDisk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the store promises, as a program: import one model, receive the next block by block, commit it, rename and
 * collect. The ledger says what a return from each call promised; {@link #judge} holds a disk found after a crash to it.
 */
final class StoreWorkload {
    static final StoreSettings SETTINGS = new StoreSettings(new BlockSizes(256, 1024), 1, 0);
    private static final byte[] OLD = new TinyGguf("old", 3, 2500).bytes();
    private static final byte[] NEW = new TinyGguf("new template", 3, 2500).withOtherTensor(1, 77).bytes();
    private static final BlockList.Cut OLD_CUT = BlockList.cut(TinyGguf.source(OLD), SETTINGS.blockSizes());
    private static final BlockList.Cut NEW_CUT = BlockList.cut(TinyGguf.source(NEW), SETTINGS.blockSizes());
    private static final ModelOrigin OPERATOR = new ModelOrigin.Operator("test");

    private final Set<Integer> promisedBlocks = new TreeSet<>();
    private boolean oldPromised;
    private boolean newPromised;
    private boolean oldCollected;
    private final List<String> broken = new ArrayList<>();

    /** Runs on a disk until it is done or the power goes. */
    void run(SimulatedDisk disk) {
        ModelStore store = ModelStore.open(disk, SETTINGS);
        store.importFile(TinyGguf.source(OLD), OPERATOR, Optional.of("model"), bytes -> {});
        oldPromised = true;
        durable(disk, "import");
        try (StagedFile staged = store.stage(NEW_CUT.file(), NEW_CUT.blocks())) {
            store.seed(staged);
            for (int block : staged.missing(Integer.MAX_VALUE)) {
                staged.accept(block, block(block));
                promisedBlocks.add(block);
                durable(disk, "accept");
            }
            store.commit(staged, OPERATOR, Optional.of("model"));
        }
        newPromised = true;
        durable(disk, "commit");
        oldPromised = false;
        store.collect(Set.of(NEW_CUT.file()));
        oldCollected = true;
        durable(disk, "collect");
    }

    /** The first promise that the disk found after a crash breaks. */
    Optional<String> judge(SimulatedDisk found) {
        if (!broken.isEmpty()) {
            return Optional.of(broken.getFirst());
        }
        try {
            return judgeContent(found);
        } catch (RuntimeException e) {
            return Optional.of("recovery failed: " + e.getMessage());
        }
    }

    private Optional<String> judgeContent(SimulatedDisk found) {
        ModelStore store = ModelStore.open(found, SETTINGS);
        for (StoredModel model : store.models()) {
            if (!store.stillSound(model.digest())) {
                return Optional.of("a catalogued file is damaged");
            }
        }
        if (oldPromised && store.find(OLD_CUT.file()).isEmpty()) {
            return Optional.of("an imported model is gone");
        }
        if (oldCollected && store.find(OLD_CUT.file()).isPresent()) {
            return Optional.of("a collected model is back");
        }
        if (newPromised && store.named("model").filter(model -> model.digest().equals(NEW_CUT.file())).isEmpty()) {
            return Optional.of("a committed model or its name is gone");
        }
        if (store.find(NEW_CUT.file()).isPresent()) {
            return Optional.empty();
        }
        try (StagedFile staged = store.stage(NEW_CUT.file(), NEW_CUT.blocks())) {
            for (int block : promisedBlocks) {
                if (!staged.has(block)) {
                    return Optional.of("verified block must be fetched again: block=" + block);
                }
            }
            for (int block : staged.missing(Integer.MAX_VALUE)) {
                staged.accept(block, block(block));
            }
            store.commit(staged, OPERATOR, Optional.empty());
        }
        return Optional.empty();
    }

    private void durable(SimulatedDisk disk, String call) {
        if (!disk.unsynced().isEmpty()) {
            broken.add(call + " returned before all of it was durable: " + disk.unsynced());
        }
    }

    private static ByteBuffer block(int block) {
        BlockList blocks = NEW_CUT.blocks();
        return ByteBuffer.wrap(NEW, (int) blocks.offset(block), blocks.length(block)).slice();
    }

    /** One run with the power cut before operation {@code cut}; each seed is one disk that may be found. */
    static Optional<String> crash(int cut, long seed, Predicate<String> ignoredSyncs) {
        SimulatedDisk disk = new SimulatedDisk();
        disk.ignoreSyncs(ignoredSyncs);
        disk.cutPowerAfter(cut);
        StoreWorkload workload = new StoreWorkload();
        try {
            workload.run(disk);
        } catch (SimulatedDisk.PowerCut expected) {
            // The point of the exercise.
        }
        return workload.judge(seed < 0 ? disk.afterKill() : disk.afterPowerCut(seed));
    }

    /** Operations of one undisturbed run. */
    static SimulatedDisk undisturbed() {
        SimulatedDisk disk = new SimulatedDisk();
        new StoreWorkload().run(disk);
        return disk;
    }
}
