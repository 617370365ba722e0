package dev.outpost.provisioning.store;

import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
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
        verified.stream().forEach(block -> out.putInt(block).putInt(check(block)));
        file.write(0, out.flip());
        file.sync();
    }

    /** Adds blocks whose data is durable; durable when it returns. */
    void append(List<Integer> added) {
        ByteBuffer out = ByteBuffer.allocate(RECORD * added.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int block : added) {
            out.putInt(block).putInt(check(block));
        }
        file.write(file.size(), out.flip());
        file.sync();
    }

    /** Reads the map and cuts a torn tail; returns false when it is not a map of this list. */
    boolean read(BitSet verified) {
        long size = file.size();
        if (size < PREFIX || size > PREFIX + (long) RECORD * blocks.count()) {
            return false;
        }
        ByteBuffer in = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(0, in);
        in.flip();
        boolean head = in.getInt() == MAGIC && in.getInt() == 0;
        byte[] found = new byte[ContentDigest.BYTES];
        in.get(found);
        if (!head || !Arrays.equals(found, list)) {
            return false;
        }
        while (in.remaining() >= RECORD) {
            in.mark();
            int block = in.getInt();
            int crc = in.getInt();
            if (block < 0 || block >= blocks.count() || crc != check(block)) {
                in.reset();
                break;
            }
            verified.set(block);
        }
        if (in.hasRemaining()) {
            file.resize(in.position());
        }
        return true;
    }

    @Override
    public void close() {
        file.close();
    }

    private int check(int block) {
        CRC32C crc = new CRC32C();
        crc.update(list);
        crc.update(block);
        crc.update(block >>> 8);
        crc.update(block >>> 16);
        crc.update(block >>> 24);
        return (int) crc.getValue();
    }
}
