package dev.outpost.provisioning.store;

/**
 * Settings of the store.
 *
 * @param blockSizes how imported files are cut
 * @param syncBytes most bytes of an arriving file that a power cut may cost; 4 MiB by default, at most 16 MiB (transfers
 *        also sync whenever 200 ms have passed, so that a slow link loses no more than a block)
 * @param reserveBytes free space that no download or import may touch; 64 MiB by default
 */
public record StoreSettings(BlockSizes blockSizes, int syncBytes, long reserveBytes) {
    /** The shipped settings. */
    public static final StoreSettings STANDARD = new StoreSettings(BlockSizes.STANDARD, 4 << 20, 64L << 20);
}
