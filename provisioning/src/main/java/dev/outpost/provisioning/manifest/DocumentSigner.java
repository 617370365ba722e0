package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

/**
 * A private key of a role with its public half: the fleet side and the tests sign with it, a device never does.
 *
 * @param algorithm the signature scheme
 * @param keys the key pair
 */
public record DocumentSigner(VerificationKey.Algorithm algorithm, KeyPair keys) {
    /** Makes a new key. */
    public static DocumentSigner generate(VerificationKey.Algorithm algorithm) {
        try {
            return new DocumentSigner(algorithm, KeyPairGenerator.getInstance(algorithm.word()).generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks a signature scheme: algorithm=" + algorithm.word(), e);
        }
    }

    /** The public half. */
    public VerificationKey verificationKey() {
        return new VerificationKey(algorithm, keys.getPublic());
    }

    /** The id under which documents name this key. */
    public ContentDigest id() {
        return verificationKey().id();
    }

    /** Adds this key's signature to a document. */
    public SignedDocument sign(SignedDocument document) {
        List<SignedDocument.Signature> signatures = new ArrayList<>(document.signatures());
        signatures.add(new SignedDocument.Signature(id(), signature(document.signedBytes())));
        return new SignedDocument(document.payload(), signatures);
    }

    /** A document signed by each of some keys. */
    public static SignedDocument sign(JsonObject payload, List<DocumentSigner> signers) {
        SignedDocument document = new SignedDocument(payload, List.of());
        for (DocumentSigner signer : signers) {
            document = signer.sign(document);
        }
        return document;
    }

    private byte[] signature(byte[] message) {
        try {
            Signature signature = Signature.getInstance(algorithm.word());
            signature.initSign(keys.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed: algorithm=" + algorithm.word(), e);
        }
    }
}
