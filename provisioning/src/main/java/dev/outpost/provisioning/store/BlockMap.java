package dev.outpost.provisioning.store;

import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Which blocks of a {@code .part} file are durable, as an append-only file: {@code "OBM1" | 0 u32 | digest of the block
 * list 32 bytes}, then 8 bytes a block: {@code index u32 | CRC32C u32}. Eight divides every sector length, so a torn
 * append loses records but never mixes two.
 */
final class BlockMap implements AutoCloseable {
    private static final int MAGIC = 0x314D424F;
    private static final int PREFIX = 8 + ContentDigest.BYTES;
    private static final int RECORD = 8;

    private final StorageFile file;
    private final BlockList blocks;
    private final byte[] list;

    BlockMap(Storage storage, String name, BlockList blocks) {
        this.blocks = blocks;
        this.list = blocks.digest().bytes();
        this.file = storage.open(name, Storage.Access.WRITE);
    }

    /** Starts an empty map. The name becomes durable with the directory's sync. */
    void create() {
        rewrite(new BitSet());
    }

    /** Replaces the map's content. Only right after the blocks were hashed: a crash on the way means hashing again. */
    void rewrite(BitSet verified) {
        file.resize(0);
        ByteBuffer out = ByteBuffer.allocate(PREFIX + RECORD * verified.cardinality()).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(0).put(list);
        verified.stream().forEach(block -> out.putInt(block).putInt(check(list, block)));
        file.write(0, out.flip());
        file.sync();
    }

    /** Adds blocks whose data is durable; durable when it returns. */
    void append(List<Integer> added) {
        ByteBuffer out = ByteBuffer.allocate(RECORD * added.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int block : added) {
            out.putInt(block).putInt(check(list, block));
        }
        file.write(file.size(), out.flip());
        file.sync();
    }

    /** Reads the map and cuts a torn tail; returns false when it is not a map of this list. */
    boolean read(BitSet verified) {
        Optional<Integer> sound = parse(file, blocks, list, verified);
        sound.filter(end -> end < file.size()).ifPresent(file::resize);
        return sound.isPresent();
    }

    /** The durable blocks, read beside the thread that appends; none when it is not a map of this list. */
    static BitSet durable(Storage storage, String name, BlockList blocks) {
        BitSet durable = new BitSet();
        try (StorageFile map = storage.open(name, Storage.Access.READ)) {
            parse(map, blocks, blocks.digest().bytes(), durable);
        }
        return durable;
    }

    /** Sets the blocks of every sound record; returns where the sound part ends, empty when it is another map. */
    private static Optional<Integer> parse(StorageFile file, BlockList blocks, byte[] list, BitSet verified) {
        long size = file.size();
        if (size < PREFIX || size > PREFIX + (long) RECORD * blocks.count()) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(0, in);
        in.flip();
        if (in.remaining() < PREFIX || in.getInt() != MAGIC || in.getInt() != 0) {
            return Optional.empty();
        }
        byte[] found = new byte[ContentDigest.BYTES];
        in.get(found);
        if (!Arrays.equals(found, list)) {
            return Optional.empty();
        }
        while (in.remaining() >= RECORD) {
            in.mark();
            int block = in.getInt();
            int crc = in.getInt();
            if (block < 0 || block >= blocks.count() || crc != check(list, block)) {
                in.reset();
                break;
            }
            verified.set(block);
        }
        return Optional.of(in.position());
    }

    @Override
    public void close() {
        file.close();
    }

    private static int check(byte[] list, int block) {
        CRC32C crc = new CRC32C();
        crc.update(list);
        crc.update(block);
        crc.update(block >>> 8);
        crc.update(block >>> 16);
        crc.update(block >>> 24);
        return (int) crc.getValue();
    }
}
