package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * A release.
 *
 * @param name for people
 * @param envelope digest of the signed manifest's bytes, which are a document
 * @param file digest of the released file
 * @param bytes its length
 */
public record ReleaseRow(String line, long counter, String name, ContentDigest envelope, ContentDigest file, long bytes,
        Instant issued, Optional<Instant> revoked) {}
