package dev.outpost.provisioning.storage;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Small files replaced whole: after a crash the name holds either the old or the new content, never a mixture. */
public final class AtomicFile {
    /** Ending of the file that is written before it takes the name; leftovers are ignored and overwritten. */
    public static final String TEMPORARY = ".tmp";

    private AtomicFile() {}

    /** Writes beside, syncs, renames, syncs the directory; durable when it returns. */
    public static void write(Storage storage, String name, byte[] content) {
        String temporary = name + TEMPORARY;
        try (StorageFile file = storage.open(temporary, Storage.Access.WRITE)) {
            file.resize(0);
            file.write(0, ByteBuffer.wrap(content));
            file.sync();
        }
        storage.rename(temporary, name);
        storage.syncDirectory(Storage.parent(name));
    }

    /**
     * Reads a small file whole.
     *
     * @param limit most bytes it may have
     * @throws RefusedException when it is longer
     */
    public static Optional<byte[]> read(Storage storage, String name, int limit) {
        if (!storage.exists(name)) {
            return Optional.empty();
        }
        try (StorageFile file = storage.open(name, Storage.Access.READ)) {
            long size = file.size();
            if (size > limit) {
                throw new RefusedException(Refusal.DOCUMENT_TOO_LARGE,
                        "file is too long: name=" + name + ", bytes=" + size + ", limit=" + limit);
            }
            ByteBuffer content = ByteBuffer.allocate((int) size);
            int read = file.readFully(0, content);
            byte[] bytes = new byte[read];
            content.flip().get(bytes);
            return Optional.of(bytes);
        }
    }
}
