package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.store.ContentDigest;

/** A fleet document that passed every check; only {@link Verifier} makes one. */
public final class VerifiedFleet {
    private final FleetDocument document;
    private final ContentDigest digest;

    VerifiedFleet(FleetDocument document, ContentDigest digest) {
        this.document = document;
        this.digest = digest;
    }

    /** What it says. */
    public FleetDocument document() {
        return document;
    }

    /** Digest of its payload. */
    public ContentDigest digest() {
        return digest;
    }
}
