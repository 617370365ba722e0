package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;

/**
 * A device's signed word that a release failed on it.
 *
 * @param release digest of the release's payload
 * @param outcome the update outcome's word
 */
public record FailureRow(ContentDigest release, String device, String profile, String line, long counter,
        String outcome, String detail, Instant failed) {}
