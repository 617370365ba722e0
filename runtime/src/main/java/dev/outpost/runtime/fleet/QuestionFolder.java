package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.activate.FileInstaller;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.failure.StorageFaultException;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import java.nio.ByteBuffer;

/**
 * Installs question sets, which are opaque here: {@code questions/LINE/COUNTER} appears whole or not at all, and the
 * newest two of a line are kept. Called by the update's thread.
 */
public final class QuestionFolder implements FileInstaller {
    static final String DIRECTORY = "questions";
    private static final int KEPT = 2;
    private static final int PIECE = 1 << 20;

    private final Storage storage;

    public QuestionFolder(Storage storage) {
        this.storage = storage;
    }

    @Override
    public void install(String line, long counter, ContentDigest digest) throws PreparationFailedException {
        String folder = DIRECTORY + "/" + line;
        String name = folder + "/" + counter;
        try {
            storage.makeDirectory(folder);
            copy(ModelStore.blobName(digest), name + ".tmp");
            storage.rename(name + ".tmp", name);
            storage.syncDirectory(folder);
            forget(folder, counter);
        } catch (StorageFaultException e) {
            throw new PreparationFailedException(
                    "question set cannot be installed: line=" + line + ", " + e.getMessage(),
                    e);
        }
    }

    private void copy(String from, String to) {
        var piece = ByteBuffer.allocate(PIECE);
        try (StorageFile source = storage.open(from, Storage.Access.READ);
                StorageFile target = storage.open(to, Storage.Access.WRITE)) {
            target.resize(0);
            long size = source.size();
            for (long at = 0; at < size;) {
                int read = source.readFully(at, piece.clear().limit((int) Math.min(PIECE, size - at)));
                if (read == 0) {
                    throw new StorageFaultException("stored file ends early: name=" + from + ", bytes=" + at, null);
                }
                target.write(at, piece.flip());
                at += read;
            }
            target.sync();
        }
    }

    /** Keeps the one just installed and the newest before it. */
    private void forget(String folder, long counter) {
        var older = storage.list(folder).stream().filter(name -> name.matches("\\d{1,18}")).map(Long::parseLong)
                .filter(each -> each != counter).sorted().toList();
        for (int i = 0; i <= older.size() - KEPT; i++) {
            storage.delete(folder + "/" + older.get(i));
        }
        storage.syncDirectory(folder);
    }
}
