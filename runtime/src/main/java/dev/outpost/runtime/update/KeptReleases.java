package dev.outpost.runtime.update;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Optional;
import java.util.Set;

/**
 * The signed releases of the models in the slots, {@code update/release.HEX}, HEX the model file's digest: the questions
 * that a model was let in by are asked of it as long as it is here. On the update's thread.
 */
final class KeptReleases {
    private static final String DIRECTORY = "update";
    private static final String PREFIX = "release.";

    private final Storage storage;

    KeptReleases(Storage storage) {
        this.storage = storage;
    }

    /** Keeps a verified release; durable when it returns. */
    void keep(ContentDigest file, byte[] release) {
        AtomicFile.write(storage, DIRECTORY + "/" + PREFIX + file.hex(), release);
    }

    boolean has(ContentDigest file) {
        return storage.exists(DIRECTORY + "/" + PREFIX + file.hex());
    }

    /** The release of a model; empty when it came without one, or its copy is damaged. */
    Optional<ReleaseManifest> find(ContentDigest file) {
        try {
            return AtomicFile.read(storage, DIRECTORY + "/" + PREFIX + file.hex(), SignedDocument.MAX_BYTES)
                    .map(bytes -> ReleaseManifest
                            .of(SignedDocument.of(JsonReader.read(bytes, SignedDocument.MAX_BYTES)).payload()))
                    .filter(release -> release.file().sha256().equals(file));
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }

    /** Forgets the releases of models that no slot holds. */
    void retain(Set<ContentDigest> pinned) {
        for (String name : storage.list(DIRECTORY)) {
            boolean kept = !name.startsWith(PREFIX)
                    || pinned.stream().anyMatch(digest -> name.equals(PREFIX + digest.hex()));
            if (!kept) {
                storage.delete(DIRECTORY + "/" + name);
            }
        }
    }
}
