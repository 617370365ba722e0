package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings the store's directories into one of the two states a crash may leave: a file is staged, or it is catalogued.
 * Nothing that was verified is thrown away; names nobody knows are.
 */
final class StoreRecovery {
    private static final String BLOB_PREFIX = "sha256-";

    private final Storage storage;
    private final StoreSettings settings;

    StoreRecovery(Storage storage, StoreSettings settings) {
        this.storage = storage;
        this.settings = settings;
    }

    Catalogue run() {
        for (String directory : new String[]{ModelStore.BLOBS, ModelStore.LISTS, ModelStore.STAGING}) {
            storage.makeDirectory(directory);
            // What a killed process renamed but did not sync must be durable before anything is built on it.
            storage.syncDirectory(directory);
        }
        storage.syncDirectory(ModelStore.MODELS);
        Catalogue catalogue = Catalogue.open(storage, ModelStore.CATALOGUE).orElseGet(this::rebuild);
        for (String blob : storage.list(ModelStore.BLOBS)) {
            settle(catalogue, blob);
        }
        for (StoredModel model : catalogue.models()) {
            if (!storage.exists(ModelStore.blobName(model.digest()))) {
                catalogue.remove(model.digest());
            } else if (storage.exists(StagedFile.mapName(model.digest()))
                    || storage.exists(StagedFile.partName(model.digest()))
                    || storage.exists(ModelStore.stagedListName(model.digest()))) {
                discard(model.digest());
            }
        }
        for (String list : storage.list(ModelStore.LISTS)) {
            Optional<ContentDigest> digest = parse(list);
            if (digest.isEmpty() || catalogue.find(digest.get()).isEmpty()) {
                storage.delete(ModelStore.LISTS + "/" + list);
            }
        }
        return catalogue;
    }

    private void settle(Catalogue catalogue, String blob) {
        Optional<ContentDigest> digest = blob.startsWith(BLOB_PREFIX)
                ? parse(blob.substring(BLOB_PREFIX.length()))
                : Optional.empty();
        if (digest.isPresent() && catalogue.find(digest.get()).isPresent()) {
            return;
        }
        String name = ModelStore.BLOBS + "/" + blob;
        boolean resumable = digest.isPresent() && storage.exists(StagedFile.mapName(digest.get()))
                && storage.exists(ModelStore.stagedListName(digest.get()))
                && !storage.exists(StagedFile.partName(digest.get()));
        boolean adopted = digest.isPresent() && storage.exists(ModelStore.listName(digest.get()))
                && !storage.exists(ModelStore.pulledName(digest.get()));
        if (resumable) {
            storage.rename(name, StagedFile.partName(digest.get()));
            storage.syncDirectory(ModelStore.STAGING);
        } else if (adopted) {
            // A download that was being taken over: it is hashed again when it is asked for again.
            storage.rename(name, ModelStore.pulledName(digest.get()));
            storage.syncDirectory(ModelStore.STAGING);
        } else {
            storage.delete(name);
        }
        storage.syncDirectory(ModelStore.BLOBS);
    }

    private void discard(ContentDigest digest) {
        storage.delete(StagedFile.partName(digest));
        storage.delete(StagedFile.mapName(digest));
        storage.delete(ModelStore.stagedListName(digest));
        storage.syncDirectory(ModelStore.STAGING);
    }

    /** A damaged catalogue: every blob whose content is its name counts, under a name of its own so that it stays. */
    private Catalogue rebuild() {
        Catalogue rebuilt = Catalogue.empty(storage, ModelStore.CATALOGUE);
        for (String blob : storage.list(ModelStore.BLOBS)) {
            Optional<ContentDigest> digest = blob.startsWith(BLOB_PREFIX)
                    ? parse(blob.substring(BLOB_PREFIX.length()))
                    : Optional.empty();
            if (digest.isPresent()) {
                recover(rebuilt, digest.get());
            }
        }
        return rebuilt;
    }

    private void recover(Catalogue rebuilt, ContentDigest digest) {
        try (StorageFile file = storage.open(ModelStore.blobName(digest), Storage.Access.READ)) {
            if (!BlobReading.digest(file, file.size()).equals(digest)) {
                return;
            }
            BlockList blocks = BlockList.cut(BlockSource.of(file), settings.blockSizes()).blocks();
            AtomicFile.write(storage, ModelStore.listName(digest), blocks.encode());
            rebuilt.put(new StoredModel(digest, blocks.fileBytes(), blocks.digest(),
                    new TreeSet<>(Set.of("recovered-" + digest.brief())),
                    new ModelOrigin.Operator("found in the store after its catalogue was damaged")));
        }
    }

    private static Optional<ContentDigest> parse(String hex) {
        try {
            return Optional.of(new ContentDigest(hex));
        } catch (RefusedException notADigest) {
            return Optional.empty();
        }
    }
}
