package dev.outpost.provisioning.store;

/**
 * Settings of the store.
 *
 * @param blockSizes how imported files are cut
 * @param syncBytes bytes written to an arriving file between two syncs; one block by default, at most 16 MiB
 * @param reserveBytes free space that no download or import may touch; 64 MiB by default
 */
public record StoreSettings(BlockSizes blockSizes, int syncBytes, long reserveBytes) {
    /** The shipped settings. */
    public static final StoreSettings STANDARD = new StoreSettings(BlockSizes.STANDARD, 1, 64L << 20);
}
