package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.List;

/**
 * What a device or group shall run.
 *
 * @param envelope the signed fleet document
 * @param documents what it takes to follow it, roots ascending first; all are documents or known to the model store
 * @param published version that reached the broker last
 */
public record DesiredRow(Addressee addressee, long version, byte[] envelope, List<Reference> documents, Instant changed,
        long published) {

    /** Copies the list. */
    public DesiredRow {
        documents = List.copyOf(documents);
    }

    /**
     * A document to fetch.
     *
     * @param kind {@code root}, {@code release} or {@code configuration}
     * @param digest of its bytes
     * @param bytes how many
     */
    public record Reference(String kind, ContentDigest digest, long bytes) {}
}
