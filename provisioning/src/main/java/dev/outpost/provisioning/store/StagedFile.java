package dev.outpost.provisioning.store;

import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * A file that is still arriving: {@code <hex>.part} with each verified block at its place, and {@code <hex>.map} with the
 * blocks that are durable. Blocks may come in any order and from anywhere; none counts before its digest was checked,
 * none is in the map before the data is on the disk. What the map missed because the power went is found again by its
 * digest. Single thread; closed by its owner, and then still resumable.
 */
public final class StagedFile implements AutoCloseable {
    /** Most bytes written between two syncs, whatever the settings. */
    public static final int MAX_SYNC_BYTES = 16 << 20;

    private final Storage storage;
    private final ContentDigest file;
    private final BlockList blocks;
    private final Set<StoreCheck> checks;
    private final StorageFile part;
    private final BlockMap map;
    private final int syncBytes;
    private final BitSet verified = new BitSet();
    private final List<Integer> unsynced = new ArrayList<>();
    private long unsyncedBytes;

    private StagedFile(Storage storage, ContentDigest file, BlockList blocks, int syncBytes, Set<StoreCheck> checks) {
        this.storage = storage;
        this.file = file;
        this.blocks = blocks;
        this.checks = checks;
        this.syncBytes = syncBytes;
        this.part = storage.open(partName(file), Storage.Access.WRITE);
        this.map = new BlockMap(storage, mapName(file), blocks);
    }

    static String partName(ContentDigest file) {
        return ModelStore.STAGING + "/" + file.hex() + ".part";
    }

    static String mapName(ContentDigest file) {
        return ModelStore.STAGING + "/" + file.hex() + ".map";
    }

    /** Opens or creates the files and makes their names durable, then finds what is already there. */
    static StagedFile open(Storage storage, ContentDigest file, BlockList blocks, int syncBytes,
            Set<StoreCheck> checks) {
        boolean fresh = !storage.exists(mapName(file));
        StagedFile staged = new StagedFile(storage, file, blocks, Math.min(syncBytes, MAX_SYNC_BYTES), checks);
        if (fresh) {
            staged.part.resize(blocks.fileBytes());
            staged.part.sync();
            staged.map.create();
            storage.syncDirectory(ModelStore.STAGING);
        } else {
            staged.resume();
        }
        return staged;
    }

    /** Digest the whole file must have. */
    public ContentDigest file() {
        return file;
    }

    /** Its blocks. */
    public BlockList blocks() {
        return blocks;
    }

    /** Whether a block has been verified. */
    public boolean has(int block) {
        return verified.get(block);
    }

    /** Whether every block has been verified. */
    public boolean complete() {
        return verified.cardinality() == blocks.count();
    }

    /** Blocks still missing, ascending, at most {@code limit}. */
    public List<Integer> missing(int limit) {
        List<Integer> missing = new ArrayList<>();
        for (int i = verified.nextClearBit(0); i < blocks.count() && missing.size() < limit; i = verified
                .nextClearBit(i + 1)) {
            missing.add(i);
        }
        return missing;
    }

    /** Bytes still missing. */
    public long missingBytes() {
        long bytes = 0;
        for (int i = verified.nextClearBit(0); i < blocks.count(); i = verified.nextClearBit(i + 1)) {
            bytes += blocks.length(i);
        }
        return bytes;
    }

    /**
     * Takes one block.
     *
     * @param content exactly the block's bytes; left as it was
     * @return false when the bytes are not this block; nothing is kept of them
     */
    public boolean accept(int block, ByteBuffer content) {
        if (block < 0 || block >= blocks.count() || content.remaining() != blocks.length(block)
                || checks.contains(StoreCheck.BLOCK_DIGEST) && !blocks.matches(block, content)) {
            return false;
        }
        if (verified.get(block)) {
            return true;
        }
        part.write(blocks.offset(block), content.duplicate());
        verified.set(block);
        unsynced.add(block);
        unsyncedBytes += blocks.length(block);
        if (unsyncedBytes >= syncBytes) {
            flush();
        }
        return true;
    }

    /** Makes every verified block durable: the data first, then the map that says so. */
    public void flush() {
        if (unsynced.isEmpty()) {
            return;
        }
        part.sync();
        map.append(unsynced);
        unsynced.clear();
        unsyncedBytes = 0;
    }

    /** Whether the whole file has the digest it must have; reads it once. */
    public boolean wholeFileMatches() {
        if (!checks.contains(StoreCheck.FILE_DIGEST)) {
            return true;
        }
        return BlobReading.digest(part, blocks.fileBytes()).equals(file);
    }

    /** Hashes every block again and forgets those that no longer match; returns how many were forgotten. */
    public int recheck() {
        BitSet before = (BitSet) verified.clone();
        verified.clear();
        probe(0, blocks.count());
        before.andNot(verified);
        map.rewrite(verified);
        storage.syncDirectory(ModelStore.STAGING);
        return before.cardinality();
    }

    @Override
    public void close() {
        part.close();
        map.close();
    }

    void seal() {
        close();
        storage.seal(partName(file));
    }

    private void resume() {
        boolean sound = map.read(verified) && part.size() == blocks.fileBytes();
        if (!sound) {
            part.resize(blocks.fileBytes());
            verified.clear();
            probe(0, blocks.count());
            part.sync();
            map.rewrite(verified);
            storage.syncDirectory(ModelStore.STAGING);
            return;
        }
        // Most carriers deliver missing blocks in ascending order: what was written after the last sync lies here.
        long bytes = 0;
        int next = verified.nextClearBit(0);
        for (; next < blocks.count() && bytes < MAX_SYNC_BYTES; next = verified.nextClearBit(next + 1)) {
            bytes += blocks.length(next);
            keepIfWritten(next);
        }
        // Those who share a download do not: behind here a block is hashed only where its place is no hole any more.
        for (bytes = 0; next < blocks.count() && bytes < MAX_SYNC_BYTES; next = verified.nextClearBit(next + 1)) {
            if (touched(next)) {
                bytes += blocks.length(next);
                keepIfWritten(next);
            }
        }
        flush();
    }

    private void keepIfWritten(int block) {
        if (matchesOnDisk(block)) {
            verified.set(block);
            unsynced.add(block);
        }
    }

    private boolean touched(int block) {
        int length = Math.min(Long.BYTES, blocks.length(block));
        return !zero(blocks.offset(block), length)
                || !zero(blocks.offset(block) + blocks.length(block) - length, length);
    }

    private boolean zero(long position, int length) {
        ByteBuffer edge = ByteBuffer.allocate(Long.BYTES);
        part.readFully(position, edge.limit(length));
        return edge.clear().getLong() == 0;
    }

    private void probe(int from, int to) {
        for (int i = from; i < to; i++) {
            if (matchesOnDisk(i)) {
                verified.set(i);
            }
        }
    }

    private boolean matchesOnDisk(int block) {
        return blocks.matches(block, content(block));
    }

    /** The bytes at a block's place, verified or not. */
    ByteBuffer content(int block) {
        ByteBuffer content = ByteBuffer.allocate(blocks.length(block));
        part.readFully(blocks.offset(block), content);
        return content.flip();
    }
}
