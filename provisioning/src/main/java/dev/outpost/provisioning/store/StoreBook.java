package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link ModelStore} in a directory as others may read it: by other threads, and by other processes, beside the one
 * that changes it. Whole files first, then those still arriving, of which only durable blocks count. Nothing is
 * written, and nothing of the store's memory is shared. Any thread.
 */
public final class StoreBook implements BlockSourceBook {
    private static final int MOST_LISTS = 4_096;

    private final Storage storage;
    /** Digest of a block list to the file that holds it. */
    private final Map<ContentDigest, String> lists = new ConcurrentHashMap<>();
    private final Map<String, Boolean> scanned = new ConcurrentHashMap<>();

    /** @param storage the state directory that holds the store */
    public StoreBook(Storage storage) {
        this.storage = storage;
    }

    @Override
    public Optional<BlockView> file(ContentDigest digest) {
        try {
            return whole(digest).or(() -> arriving(digest));
        } catch (ProvisioningException moved) {
            // Committed, collected or demoted between two looks; the asker asks again.
            return Optional.empty();
        }
    }

    @Override
    public Optional<byte[]> document(ContentDigest digest) {
        if (!lists.containsKey(digest)) {
            scan(ModelStore.LISTS, "");
            scan(ModelStore.STAGING, ".list");
        }
        return Optional.ofNullable(lists.get(digest)).flatMap(this::content)
                .filter(bytes -> ContentDigest.of(bytes).equals(digest));
    }

    private Optional<BlockView> whole(ContentDigest digest) {
        String blob = ModelStore.blobName(digest);
        if (!storage.exists(blob)) {
            return Optional.empty();
        }
        return content(ModelStore.listName(digest)).map(BlockList::decode).map(blocks -> {
            BitSet all = new BitSet();
            all.set(0, blocks.count());
            return view(blob, blocks, all);
        });
    }

    private Optional<BlockView> arriving(ContentDigest digest) {
        String part = StagedFile.partName(digest);
        if (!storage.exists(part) || !storage.exists(StagedFile.mapName(digest))) {
            return Optional.empty();
        }
        return content(ModelStore.stagedListName(digest)).map(BlockList::decode)
                .map(blocks -> view(part, blocks, BlockMap.durable(storage, StagedFile.mapName(digest), blocks)));
    }

    private BlockView view(String name, BlockList blocks, BitSet held) {
        return new OpenFile(storage.open(name, Storage.Access.READ), blocks, held);
    }

    private Optional<byte[]> content(String name) {
        try {
            return AtomicFile.read(storage, name, BlockList.MAX_ENCODED_BYTES);
        } catch (ProvisioningException gone) {
            return Optional.empty();
        }
    }

    private void scan(String directory, String ending) {
        if (scanned.size() > MOST_LISTS) {
            scanned.clear();
            lists.clear();
        }
        for (String name : storage.list(directory)) {
            String path = directory + "/" + name;
            if (name.endsWith(ending) && !name.endsWith(AtomicFile.TEMPORARY) && !scanned.containsKey(path)) {
                content(path).ifPresent(bytes -> {
                    lists.put(ContentDigest.of(bytes), path);
                    scanned.put(path, true);
                });
            }
        }
    }

    private record OpenFile(StorageFile file, BlockList blocks, BitSet present) implements BlockView {
        @Override
        public BitSet held() {
            return (BitSet) present.clone();
        }

        @Override
        public boolean holds(long from, long bytes) {
            long end = from + bytes;
            return from >= 0 && bytes > 0 && end > 0 && end <= blocks.fileBytes()
                    && present.nextClearBit(blocks.at(from)) > blocks.at(end - 1);
        }

        @Override
        public int read(long position, ByteBuffer target) {
            return file.readFully(position, target);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
