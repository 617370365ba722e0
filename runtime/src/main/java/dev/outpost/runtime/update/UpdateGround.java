package dev.outpost.runtime.update;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.identity.Ownership;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.SyncGuard;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.verify.TrustState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What lies in the state directory, opened in the order a start needs: an interrupted wipe is finished, then store, active
 * model and trust. One thread at a time; once an {@link UpdateRoom} is started, its thread alone.
 *
 * @param files where it lies
 * @param storage the same, guarded against failed syncs
 * @param store all stored files
 * @param pointer the active model
 * @param trust root and floors
 */
public record UpdateGround(DirectoryStorage files, SyncGuard storage, ModelStore store, ActivePointer pointer,
        TrustState trust) {

    /**
     * Opens the state directory.
     *
     * @param directory created where missing
     * @param buildTime when this software was built
     * @throws dev.outpost.provisioning.failure.StorageFaultException when the disk fails
     */
    public static UpdateGround open(Path directory, Instant buildTime) {
        var files = new DirectoryStorage(directory);
        var storage = new SyncGuard(files);
        Ownership.finish(storage);
        return new UpdateGround(files, storage, ModelStore.open(storage, StoreSettings.STANDARD),
                ActivePointer.open(storage), TrustState.open(storage, buildTime));
    }

    /** Which model to load at start; counts the start. */
    public Optional<ContentDigest> start() {
        return pointer.start(digest -> store.find(digest).isPresent());
    }

    /** Where a stored file lies in the file system. */
    public Path blob(ContentDigest digest) {
        return files.path(ModelStore.blobName(digest));
    }
}
