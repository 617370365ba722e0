package dev.outpost.provisioning.store;

import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;

/** Bytes of one file that can be read anywhere: an operator's file, a stick, a stored model. */
public interface BlockSource {
    /** Length in bytes; must not change while it is read. */
    long bytes();

    /** Fills {@code target} from {@code position}; returns the bytes read, fewer only at the end of the file. */
    int read(long position, ByteBuffer target);

    /** A stored file as a source; the caller keeps owning the file. */
    static BlockSource of(StorageFile file) {
        return new BlockSource() {
            @Override
            public long bytes() {
                return file.size();
            }

            @Override
            public int read(long position, ByteBuffer target) {
                return file.readFully(position, target);
            }
        };
    }
}
