package dev.outpost.provisioning.store;

/**
 * How files are cut.
 *
 * @param header block length of a GGUF file's header and metadata, bytes
 * @param data longest block of tensor data and of files that are not GGUF, bytes
 */
public record BlockSizes(int header, int data) {
    /** The longest block there is. */
    public static final int LIMIT = 1 << 20;
    /** What every release uses: 64 KiB and 1 MiB. */
    public static final BlockSizes STANDARD = new BlockSizes(64 << 10, LIMIT);

    /** Refuses lengths outside 1 byte to 1 MiB. */
    public BlockSizes {
        if (header < 1 || header > LIMIT || data < 1 || data > LIMIT) {
            throw new IllegalArgumentException("block size is out of range: header=" + header + ", data=" + data);
        }
    }
}
