package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * How one file divides into blocks, with the digest of each: the unit of transfer, resumption and reuse.
 *
 * <p>A GGUF file's header and metadata are cut into short blocks, each tensor from its own start into blocks of at most
 * 1 MiB (padding belongs to the block before it), so that a longer chat template moves no tensor block. Anything else is
 * cut every 1 MiB. On the wire and on disk (little-endian): {@code "OBL1" | count u32 | file bytes u64 | count x {length
 * u32 | SHA-256 32 bytes}}.
 */
public final class BlockList {
    /** Longest encoded list a device reads, bytes: enough for files of 400 GiB. */
    public static final int MAX_ENCODED_BYTES = 16 << 20;
    private static final int MAGIC = 0x314C424F;
    private static final int PREFIX = 16;
    private static final int ENTRY = 4 + ContentDigest.BYTES;

    private final long[] offsets; // [count + 1], the last is the file's length
    private final byte[] digests; // [count * 32]

    private BlockList(long[] offsets, byte[] digests) {
        this.offsets = offsets;
        this.digests = digests;
    }

    /** Reads a file once and cuts it; the digest of the whole file comes with it. */
    public static Cut cut(BlockSource source, BlockSizes sizes) {
        long[] offsets = bounds(source, sizes);
        byte[] digests = new byte[(offsets.length - 1) * ContentDigest.BYTES];
        MessageDigest whole = ContentDigest.hasher();
        ByteBuffer block = ByteBuffer.allocate(Math.max(sizes.header(), sizes.data()));
        for (int i = 0; i + 1 < offsets.length; i++) {
            block.clear().limit((int) (offsets[i + 1] - offsets[i]));
            source.read(offsets[i], block);
            if (block.hasRemaining()) {
                throw new RefusedException(Refusal.FILE_CHANGED, "file became shorter while it was read: offset="
                        + offsets[i] + ", missing=" + block.remaining());
            }
            block.flip();
            whole.update(block.duplicate());
            System.arraycopy(ContentDigest.of(block).bytes(), 0, digests, i * ContentDigest.BYTES, ContentDigest.BYTES);
        }
        return new Cut(ContentDigest.finish(whole), new BlockList(offsets, digests), tensorTable(source));
    }

    /**
     * A file's digest and its blocks.
     *
     * @param file digest of the whole file
     * @param blocks its blocks
     * @param tensorTable digest over where its tensors start (u64 each, little-endian); of nothing for other files
     */
    public record Cut(ContentDigest file, BlockList blocks, ContentDigest tensorTable) {}

    /** Digest over where a file's tensors start; reads its header alone. */
    public static ContentDigest tensorTable(BlockSource source) {
        long[] starts = GgufLayout.scan(source).map(GgufLayout::tensorStarts).orElse(new long[0]);
        ByteBuffer table = ByteBuffer.allocate(Long.BYTES * starts.length).order(ByteOrder.LITTLE_ENDIAN);
        table.asLongBuffer().put(starts);
        return ContentDigest.of(table);
    }

    private static long[] bounds(BlockSource source, BlockSizes sizes) {
        long bytes = source.bytes();
        LongStream.Builder starts = LongStream.builder();
        GgufLayout layout = GgufLayout.scan(source).orElse(new GgufLayout(0, new long[0]));
        cut(starts, 0, layout.dataStart(), sizes.header());
        long from = layout.dataStart();
        for (long tensor : layout.tensorStarts()) {
            if (tensor > from) {
                cut(starts, from, tensor, sizes.data());
            }
            from = tensor;
        }
        cut(starts, from, bytes, sizes.data());
        starts.add(bytes);
        return starts.build().toArray();
    }

    private static void cut(LongStream.Builder starts, long from, long to, int size) {
        for (long at = from; at < to; at += size) {
            starts.add(at);
        }
    }

    /**
     * Reads an encoded list.
     *
     * @throws RefusedException when lengths are outside 1 byte to 1 MiB, do not add up, or bytes are left over
     */
    public static BlockList decode(byte[] encoded) {
        ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        if (encoded.length < PREFIX || encoded.length > MAX_ENCODED_BYTES || in.getInt() != MAGIC) {
            throw mismatch("not a block list", "bytes=" + encoded.length);
        }
        int count = in.getInt();
        long bytes = in.getLong();
        if (count < 0 || in.remaining() != (long) count * ENTRY) {
            throw mismatch("block count does not match the length", "count=" + count + ", bytes=" + encoded.length);
        }
        long[] offsets = new long[count + 1];
        byte[] digests = new byte[count * ContentDigest.BYTES];
        for (int i = 0; i < count; i++) {
            int length = in.getInt();
            if (length < 1 || length > BlockSizes.LIMIT) {
                throw mismatch("block length is out of range", "block=" + i + ", length=" + length);
            }
            offsets[i + 1] = offsets[i] + length;
            in.get(digests, i * ContentDigest.BYTES, ContentDigest.BYTES);
        }
        if (offsets[count] != bytes) {
            throw mismatch("block lengths do not add up", "sum=" + offsets[count] + ", fileBytes=" + bytes);
        }
        return new BlockList(offsets, digests);
    }

    /** The encoded form, the one whose digest is signed. */
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(PREFIX + count() * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(count()).putLong(fileBytes());
        for (int i = 0; i < count(); i++) {
            out.putInt(length(i)).put(digests, i * ContentDigest.BYTES, ContentDigest.BYTES);
        }
        return out.array();
    }

    /** Digest of the encoded form. */
    public ContentDigest digest() {
        return ContentDigest.of(encode());
    }

    /** Number of blocks. */
    public int count() {
        return offsets.length - 1;
    }

    /** Length of the file in bytes. */
    public long fileBytes() {
        return offsets[count()];
    }

    /** First byte of a block. */
    public long offset(int block) {
        return offsets[block];
    }

    /** Bytes of a block. */
    public int length(int block) {
        return (int) (offsets[block + 1] - offsets[block]);
    }

    /**
     * The block that holds a byte.
     *
     * @param position from 0 to the file's length, exclusive
     */
    public int at(long position) {
        if (position < 0 || position >= fileBytes()) {
            throw new IndexOutOfBoundsException(
                    "position is outside the file: position=" + position + ", fileBytes=" + fileBytes());
        }
        int found = Arrays.binarySearch(offsets, position);
        return found >= 0 ? found : -found - 2;
    }

    /** SHA-256 of a block. */
    public ContentDigest digest(int block) {
        int from = block * ContentDigest.BYTES;
        return ContentDigest.ofBytes(Arrays.copyOfRange(digests, from, from + ContentDigest.BYTES));
    }

    /** Whether the remaining bytes of {@code content} are this block; leaves the buffer as it was. */
    public boolean matches(int block, ByteBuffer content) {
        return content.remaining() == length(block) && ContentDigest.of(content).equals(digest(block));
    }

    private static RefusedException mismatch(String what, String found) {
        return new RefusedException(Refusal.BLOCK_LIST_MISMATCH, what + ": " + found);
    }
}
