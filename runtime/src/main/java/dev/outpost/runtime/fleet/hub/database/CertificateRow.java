package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate the fleet issued.
 *
 * @param serial hexadecimal
 * @param fingerprint SHA-256 of its DER form
 * @param request digest of the PKCS#10 it answers
 * @param chain PEM, the device's certificate first
 */
public record CertificateRow(String serial, String device, ContentDigest fingerprint, ContentDigest request,
        String chain, Instant issued, Instant expires, Optional<Instant> revoked) {}
