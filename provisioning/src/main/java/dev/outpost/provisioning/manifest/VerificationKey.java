package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Map;

/**
 * A public key of a role.
 *
 * @param algorithm the signature scheme
 * @param key the key
 */
public record VerificationKey(Algorithm algorithm, PublicKey key) {
    /** Signature schemes a device knows; both come with the JDK. */
    public enum Algorithm {
        /** RFC 8032. */
        ED25519("Ed25519"),
        /** FIPS 204, category 3. */
        ML_DSA_65("ML-DSA-65");

        private final String word;

        Algorithm(String word) {
            this.word = word;
        }

        /** The name in documents and in the JDK. */
        public String word() {
            return word;
        }

        static Algorithm of(String word) {
            for (Algorithm algorithm : values()) {
                if (algorithm.word.equals(word)) {
                    return algorithm;
                }
            }
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "unknown signature scheme: algorithm=" + word);
        }
    }

    /** The id under which documents name this key: SHA-256 of its X.509 encoding. */
    public ContentDigest id() {
        return ContentDigest.of(key.getEncoded());
    }

    /** Whether a signature over a message is this key's; a malformed signature is not. */
    public boolean verifies(byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm.word());
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    /** The form in a root document. */
    public JsonObject toJson() {
        return JsonObject.of(Map.of()).with("algorithm", algorithm.word()).with("key",
                Base64.getEncoder().encodeToString(key.getEncoded()));
    }

    static VerificationKey of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "key");
        Algorithm algorithm = Algorithm.of(fields.text("algorithm", 16));
        byte[] encoded = SignedDocument.base64(fields.text("key", 4096));
        try {
            return new VerificationKey(algorithm,
                    KeyFactory.getInstance(algorithm.word()).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException e) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "not a public key: algorithm=" + algorithm.word());
        }
    }
}
