package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ContentDigest(String hex) {
    /** Bytes of a digest. */
    public static final int BYTES = 32;

    /** Refuses anything but 64 lower-case hexadecimal digits, so that a digest is always safe as a file name. */
    public ContentDigest {
        if (hex.length() != 2 * BYTES || !hex.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "not a SHA-256 digest: characters=" + hex.length());
        }
    }

    /** The digest of some bytes. */
    public static ContentDigest of(byte[] content) {
        return ofBytes(hasher().digest(content));
    }

    /** The digest of the remaining bytes of a buffer, which is left as it was. */
    public static ContentDigest of(ByteBuffer content) {
        MessageDigest hasher = hasher();
        hasher.update(content.duplicate());
        return finish(hasher);
    }

    /** The digest that a hasher has come to; resets the hasher. */
    public static ContentDigest finish(MessageDigest hasher) {
        return ofBytes(hasher.digest());
    }

    /** A digest from its 32 bytes. */
    public static ContentDigest ofBytes(byte[] digest) {
        return new ContentDigest(HexFormat.of().formatHex(digest));
    }

    /** A new SHA-256 hasher. */
    public static MessageDigest hasher() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** The first 12 digits, for topics and logs. */
    public String brief() {
        return hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return "sha256-" + hex;
    }
}
