package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import java.util.List;

/** Follows the rotation of roots, one signed step at a time. */
final class RootChain {
    static final int MAX_STEPS = 1024;

    private final Checks checks;
    private final TrustState trust;
    private final DocumentReading reading;
    private final SignatureCheck signatures;

    RootChain(Checks checks, TrustState trust) {
        this.checks = checks;
        this.trust = trust;
        this.reading = new DocumentReading(checks);
        this.signatures = new SignatureCheck(checks);
    }

    /** Takes each step in turn; steps already taken stay taken when a later one is refused. */
    void follow(List<byte[]> documents) {
        if (checks.on(Check.ROOT_CHAIN_LENGTH) && documents.size() > MAX_STEPS) {
            throw new RefusedException(Refusal.ROOT_CHAIN_TOO_LONG,
                    "too many root steps at once: steps=" + documents.size() + ", limit=" + MAX_STEPS);
        }
        documents.forEach(this::step);
    }

    private void step(byte[] document) {
        RootDocument trusted = trust.root().orElseThrow(
                () -> new RefusedException(Refusal.ROOT_NOT_NEXT, "no root is installed on this device"));
        SignedDocument envelope = reading.envelope(document, DocumentType.ROOT);
        RootDocument next = reading.payload(envelope, RootDocument::of, RootDocument::toJson);
        if (checks.on(Check.ROOT_STEP) && next.version() != trusted.version() + 1) {
            throw new RefusedException(Refusal.ROOT_NOT_NEXT,
                    "root is not the next: expected=" + (trusted.version() + 1) + ", found=" + next.version());
        }
        if (checks.on(Check.ROOT_BY_OLD_SIGNERS)) {
            signatures.require(envelope, trusted, Role.ROOT);
        }
        if (checks.on(Check.ROOT_BY_NEW_SIGNERS)) {
            signatures.require(envelope, next, Role.ROOT);
        }
        if (checks.on(Check.ROOT_CONSISTENT)) {
            RootRules.require(next);
        }
        // The floors know their keys: a crash between the two writes is mended when they are read again.
        trust.keepRoot(document, next);
        Floors floors = trust.floors().withOfflineTime(next.issued());
        trust.raise(checks.on(Check.FLOOR_RESET) ? floors.under(TrustState.onlineKeys(trust.root())) : floors);
    }
}
