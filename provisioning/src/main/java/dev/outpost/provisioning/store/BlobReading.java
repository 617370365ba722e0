package dev.outpost.provisioning.store;

import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Streams stored files through a hasher; 1 MiB of memory whatever the length. */
final class BlobReading {
    private BlobReading() {}

    /** Digest of the first {@code bytes} bytes; a shorter file gives the digest of what is there. */
    static ContentDigest digest(StorageFile file, long bytes) {
        MessageDigest hasher = ContentDigest.hasher();
        ByteBuffer window = ByteBuffer.allocate((int) Math.min(BlockSizes.LIMIT, Math.max(bytes, 1)));
        for (long at = 0; at < bytes; at += window.limit()) {
            window.clear().limit((int) Math.min(window.capacity(), bytes - at));
            int read = file.readFully(at, window);
            hasher.update(window.flip());
            if (read < window.capacity() && at + read < bytes) {
                break;
            }
        }
        return ContentDigest.finish(hasher);
    }
}
