package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.BlockSource;
import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.BlockView;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A file of any length whose bytes follow from their place, so that nothing lies on the disk; served as a book. */
public final class PatternFile implements BlockSource, BlockSourceBook {
    /** A prime, so that no two blocks are alike. */
    private static final int PERIOD = 1_048_573;

    private final long bytes;
    private final byte[] pattern = new byte[PERIOD];
    private final ContentDigest digest;
    private final BlockList blocks;

    public PatternFile(long bytes, long seed) {
        this(bytes, seed, BlockSizes.STANDARD);
    }

    public PatternFile(long bytes, long seed, BlockSizes sizes) {
        this.bytes = bytes;
        new Random(seed).nextBytes(pattern);
        var cut = BlockList.cut(this, sizes);
        this.digest = cut.file();
        this.blocks = cut.blocks();
    }

    public ContentDigest digest() {
        return digest;
    }

    public BlockList blocks() {
        return blocks;
    }

    public List<Integer> all() {
        var all = new ArrayList<Integer>();
        for (int i = 0; i < blocks.count(); i++) {
            all.add(i);
        }
        return all;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public int read(long position, ByteBuffer target) {
        int total = (int) Math.min(target.remaining(), Math.max(0, bytes - position));
        for (int left = total; left > 0;) {
            int from = (int) ((position + total - left) % PERIOD);
            int length = Math.min(left, PERIOD - from);
            target.put(pattern, from, length);
            left -= length;
        }
        return total;
    }

    @Override
    public Optional<BlockView> file(ContentDigest wanted) {
        return wanted.equals(digest) ? Optional.of(view()) : Optional.empty();
    }

    @Override
    public Optional<byte[]> document(ContentDigest wanted) {
        return Optional.of(blocks.encode()).filter(list -> ContentDigest.of(list).equals(wanted));
    }

    private BlockView view() {
        var held = new BitSet();
        held.set(0, blocks.count());
        return new BlockView() {
            @Override
            public BlockList blocks() {
                return blocks;
            }

            @Override
            public BitSet held() {
                return (BitSet) held.clone();
            }

            @Override
            public int read(long position, ByteBuffer target) {
                return PatternFile.this.read(position, target);
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }
}
