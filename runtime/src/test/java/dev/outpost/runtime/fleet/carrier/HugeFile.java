package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.BlockView;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;

/** A file beyond what 32 bits count, of blocks of 1 MiB, that says at every eighth byte where it is; nothing is hashed. */
public final class HugeFile implements BlockSourceBook {
    /** Its digest, which is nobody's. */
    public static final ContentDigest DIGEST = ContentDigest.of(new byte[]{5});

    private final BlockList blocks;

    /** @param count blocks */
    public HugeFile(int count) {
        var list = ByteBuffer.allocate(16 + count * 36).order(ByteOrder.LITTLE_ENDIAN);
        list.put("OBL1".getBytes(StandardCharsets.US_ASCII)).putInt(count).putLong((long) count << 20);
        for (int i = 0; i < count; i++) {
            list.putInt(1 << 20).put(new byte[32]);
        }
        this.blocks = BlockList.decode(list.array());
    }

    /** Its blocks. */
    public BlockList blocks() {
        return blocks;
    }

    @Override
    public Optional<BlockView> file(ContentDigest digest) {
        return Optional.of(new BlockView() {
            @Override
            public BlockList blocks() {
                return blocks;
            }

            @Override
            public BitSet held() {
                var all = new BitSet();
                all.set(0, blocks.count());
                return all;
            }

            @Override
            public int read(long position, ByteBuffer target) {
                int length = target.remaining();
                for (long at = position; target.remaining() >= 8; at += 8) {
                    target.putLong(at);
                }
                return length;
            }

            @Override
            public void close() {
                // nothing is open
            }
        });
    }

    @Override
    public Optional<byte[]> document(ContentDigest digest) {
        return Optional.empty();
    }
}
