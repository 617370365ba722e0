package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import dev.outpost.provisioning.verify.SignedPayload;
import dev.outpost.provisioning.verify.TrustState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Ends an ownership. A marker is written first, so that a wipe that lost power goes on at the next start and never leaves
 * half an identity; small files are overwritten with zeros before they are deleted (flash may keep copies all the same).
 */
public final class Ownership {
    private static final String MARKER = "wipe";
    private static final int OVERWRITE_LIMIT = 1 << 20;
    private static final List<String> IDENTITY = List.of("identity", "trust", "update", "configuration", "fleet");
    /** Directories of directories that the runtime fills and that tell of the owner. */
    private static final List<String> NESTED = List.of("telemetry", "questions");
    private static final List<String> REST = List.of("slots", "staging", "models",
            "models/blobs", "models/lists");

    private Ownership() {}

    /**
     * Obeys an order of the owner role; when it returns nothing of what it names is left. The process must then start
     * afresh: what it holds in memory is stale.
     *
     * @return what was done
     */
    public static OwnershipCommand obey(Storage storage, TrustState trust, String device, byte[] document) {
        OwnershipCommand command = verified(trust, device, document);
        trust.useCounter("owner", command.counter());
        AtomicFile.write(storage, MARKER, command.operation().word().getBytes(StandardCharsets.US_ASCII));
        finish(storage);
        return command;
    }

    /** Verifies an order and obeys nothing yet: whoever gave it may be told before nobody is left to tell. */
    public static OwnershipCommand verified(TrustState trust, String device, byte[] document) {
        RootDocument root = trust.root().orElseThrow(
                () -> new RefusedException(Refusal.TOO_FEW_SIGNATURES, "no root is installed on this device"));
        OwnershipCommand command = SignedPayload.read(document, DocumentType.OWNER, root, OwnershipCommand::of,
                OwnershipCommand::toJson);
        if (!command.device().equals(device)) {
            throw new RefusedException(Refusal.WRONG_DEVICE,
                    "order is for another device: expected=" + device + ", found=" + command.device());
        }
        trust.requireUnused("owner", command.counter());
        return command;
    }

    /**
     * Goes on with a wipe that a crash interrupted; to be called before anything else at start.
     *
     * @return whether there was one
     */
    public static boolean finish(Storage storage) {
        return AtomicFile.read(storage, MARKER, 64).map(content -> {
            boolean all = new String(content, StandardCharsets.US_ASCII)
                    .equals(OwnershipCommand.Operation.WIPE.word());
            IDENTITY.forEach(directory -> erase(storage, directory));
            for (String directory : NESTED) {
                storage.list(directory).forEach(inner -> erase(storage, directory + "/" + inner));
            }
            if (all) {
                REST.forEach(directory -> erase(storage, directory));
            }
            storage.delete(MARKER);
            storage.syncDirectory("");
            return true;
        }).orElse(false);
    }

    private static void erase(Storage storage, String directory) {
        for (String name : storage.list(directory)) {
            String file = directory + "/" + name;
            if (!REST.contains(file)) {
                overwrite(storage, file);
                storage.delete(file);
            }
        }
        if (storage.exists(directory)) {
            storage.syncDirectory(directory);
        }
    }

    private static void overwrite(Storage storage, String name) {
        try (StorageFile file = storage.open(name, Storage.Access.WRITE)) {
            long size = file.size();
            if (size <= OVERWRITE_LIMIT) {
                file.write(0, ByteBuffer.allocate((int) size));
                file.sync();
            }
        }
    }
}
