package dev.outpost.provisioning.store;

/**
 * The checks between arriving bytes and a catalogued file. All are always on; a test in this package can leave one out
 * to show that it, and nothing else, stops the attack it is there for.
 */
enum StoreCheck {
    /** The block list is the signed one. */
    LIST_DIGEST,
    /** The block list is as long as the signed file. */
    LIST_LENGTH,
    /** Each block before it counts. */
    BLOCK_DIGEST,
    /** The whole file before it gets its name. */
    FILE_DIGEST,
    /** The whole file again before it is loaded. */
    FILE_BEFORE_USE
}
