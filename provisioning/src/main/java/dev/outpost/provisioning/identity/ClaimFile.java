package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.verify.SignedPayload;
import dev.outpost.provisioning.verify.TrustState;
import java.util.Arrays;
import java.util.Optional;

/**
 * Accepts a claim, once. A device without a root takes the claim's own, if it holds together and its fleet role signed
 * the claim: whoever hands a device its first claim owns it. Later claims must be signed under the installed root. The
 * order (claim, root, counter) makes a crash harmless: the same claim is simply accepted again.
 */
public final class ClaimFile {
    private static final String FILE = "identity/claim";

    private final Storage storage;
    private final TrustState trust;

    /** @param trust receives the first root and the claim's counter */
    public ClaimFile(Storage storage, TrustState trust) {
        this.storage = storage;
        this.trust = trust;
        storage.makeDirectory(Storage.parent(FILE));
    }

    /**
     * Accepts a claim; durable when it returns.
     *
     * @param device this device's id
     */
    public Claim accept(byte[] document, String device) {
        byte[] carried = JsonWriter
                .canonical(Claim.of(SignedPayload.unchecked(document, DocumentType.CLAIM)).root());
        RootDocument root = trust.root().orElseGet(() -> TrustState.selfSigned(carried));
        Claim claim = SignedPayload.read(document, DocumentType.CLAIM, root, Claim::of, Claim::toJson);
        if (!claim.device().equals(device)) {
            throw new RefusedException(Refusal.WRONG_DEVICE,
                    "claim is for another device: expected=" + device + ", found=" + claim.device());
        }
        boolean again = stored().map(before -> Arrays.equals(before, document)).orElse(false);
        if (!again) {
            trust.requireUnused("claim", claim.counter());
            AtomicFile.write(storage, FILE, document);
        }
        if (trust.root().isEmpty()) {
            trust.install(carried);
        }
        if (!again || trust.unused("claim", claim.counter())) {
            trust.useCounter("claim", claim.counter());
        }
        return claim;
    }

    /** The accepted claim, if any. */
    public Optional<Claim> current() {
        return trust.root().isEmpty()
                ? Optional.empty()
                : stored().map(document -> Claim.of(SignedPayload.unchecked(document, DocumentType.CLAIM)));
    }

    private Optional<byte[]> stored() {
        return AtomicFile.read(storage, FILE, SignedDocument.MAX_BYTES);
    }
}
