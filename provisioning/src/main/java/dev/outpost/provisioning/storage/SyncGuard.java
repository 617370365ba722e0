package dev.outpost.provisioning.storage;

import dev.outpost.provisioning.failure.StorageFaultException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Makes a failed sync final: from then on every change is refused and only reads go on, until the storage is opened
 * anew and its content verified. (fsync failures mark the pages clean; a retry would lie.)
 */
public final class SyncGuard implements Storage {
    private final Storage storage;
    private boolean failed;

    /** @param storage the storage to guard; owned by the caller */
    public SyncGuard(Storage storage) {
        this.storage = storage;
    }

    /** Whether a sync has failed, so that only reads are allowed. */
    public boolean readOnly() {
        return failed;
    }

    @Override
    public boolean exists(String name) {
        return storage.exists(name);
    }

    @Override
    public List<String> list(String directory) {
        return storage.list(directory);
    }

    @Override
    public void makeDirectory(String name) {
        changing();
        synced(() -> storage.makeDirectory(name));
    }

    @Override
    public StorageFile open(String name, Access access) {
        if (access == Access.WRITE) {
            changing();
        }
        return new GuardedFile(storage.open(name, access));
    }

    @Override
    public void rename(String from, String to) {
        changing();
        storage.rename(from, to);
    }

    @Override
    public void delete(String name) {
        changing();
        storage.delete(name);
    }

    @Override
    public void seal(String name) {
        changing();
        storage.seal(name);
    }

    @Override
    public void syncDirectory(String name) {
        changing();
        synced(() -> storage.syncDirectory(name));
    }

    @Override
    public long freeBytes() {
        return storage.freeBytes();
    }

    private void changing() {
        if (failed) {
            throw new StorageFaultException("storage is read-only after a failed sync", null);
        }
    }

    private void synced(Runnable sync) {
        try {
            sync.run();
        } catch (StorageFaultException e) {
            failed = true;
            throw e;
        }
    }

    private final class GuardedFile implements StorageFile {
        private final StorageFile file;

        GuardedFile(StorageFile file) {
            this.file = file;
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public int read(long position, ByteBuffer target) {
            return file.read(position, target);
        }

        @Override
        public void write(long position, ByteBuffer source) {
            changing();
            file.write(position, source);
        }

        @Override
        public void resize(long bytes) {
            changing();
            file.resize(bytes);
        }

        @Override
        public void sync() {
            changing();
            synced(file::sync);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
