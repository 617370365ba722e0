package dev.outpost.provisioning.store;

import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/** Fills a staged file from bytes already on this machine; each block is verified like one from far away. */
final class LocalBlocks {
    private final ModelStore store;

    LocalBlocks(ModelStore store) {
        this.store = store;
    }

    /** Copies missing blocks that any stored file holds; returns the bytes gained. */
    long seed(StagedFile staged) {
        Map<ContentDigest, Integer> wanted = new HashMap<>();
        for (int block : staged.missing(Integer.MAX_VALUE)) {
            wanted.putIfAbsent(staged.blocks().digest(block), block);
        }
        long before = staged.missingBytes();
        Set<ContentDigest> found = new HashSet<>();
        for (StoredModel model : store.models()) {
            if (found.size() < wanted.size()) {
                seedFrom(model, staged, wanted, found);
            }
        }
        repeat(staged);
        staged.flush();
        return before - staged.missingBytes();
    }

    private void seedFrom(StoredModel model, StagedFile staged, Map<ContentDigest, Integer> wanted,
            Set<ContentDigest> found) {
        BlockList blocks = store.blocks(model.digest());
        try (StorageFile file = store.read(model.digest())) {
            for (int i = 0; i < blocks.count(); i++) {
                ContentDigest digest = blocks.digest(i);
                Integer target = wanted.get(digest);
                if (target != null && !found.contains(digest) && blocks.length(i) == staged.blocks().length(target)
                        && staged.accept(target, block(file, blocks, i))) {
                    found.add(digest);
                }
            }
        }
    }

    /** Blocks that occur more than once in the new file: take the ones just gained as a source too. */
    private void repeat(StagedFile staged) {
        Map<ContentDigest, Integer> held = new HashMap<>();
        for (int i = 0; i < staged.blocks().count(); i++) {
            if (staged.has(i)) {
                held.putIfAbsent(staged.blocks().digest(i), i);
            }
        }
        for (int block : staged.missing(Integer.MAX_VALUE)) {
            Integer source = held.get(staged.blocks().digest(block));
            if (source != null) {
                staged.accept(block, staged.content(source));
            }
        }
    }

    /** Copies every missing block from a whole file. */
    static void copy(BlockSource source, StagedFile staged, LongConsumer progress) {
        BlockList blocks = staged.blocks();
        ByteBuffer content = ByteBuffer.allocate(BlockSizes.LIMIT);
        for (int block : staged.missing(Integer.MAX_VALUE)) {
            content.clear().limit(blocks.length(block));
            source.read(blocks.offset(block), content);
            staged.accept(block, content.flip());
            progress.accept(blocks.offset(block) + blocks.length(block));
        }
    }

    private static ByteBuffer block(StorageFile file, BlockList blocks, int block) {
        ByteBuffer content = ByteBuffer.allocate(blocks.length(block));
        file.readFully(blocks.offset(block), content);
        return content.flip();
    }
}
