package dev.outpost.provisioning.store;

import java.util.Optional;

/**
 * Port: what one side can serve to another by digest: files with their blocks, and small documents whole. Whoever answers
 * a chunk request or a byte range reads from here and from nowhere else. Any thread; implementations never hold up the
 * thread that changes the store.
 */
public interface BlockSourceBook {
    /** A file, whole or still arriving; the caller closes the view. */
    Optional<BlockView> file(ContentDigest digest);

    /** A document, such as a block list or a signed envelope; at most {@link BlockList#MAX_ENCODED_BYTES}. */
    Optional<byte[]> document(ContentDigest digest);

    /** This book, and for what it does not have the other. */
    default BlockSourceBook or(BlockSourceBook other) {
        BlockSourceBook first = this;
        return new BlockSourceBook() {
            @Override
            public Optional<BlockView> file(ContentDigest digest) {
                return first.file(digest).or(() -> other.file(digest));
            }

            @Override
            public Optional<byte[]> document(ContentDigest digest) {
                return first.document(digest).or(() -> other.document(digest));
            }
        };
    }
}
