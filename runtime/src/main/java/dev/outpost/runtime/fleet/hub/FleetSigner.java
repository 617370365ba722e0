package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.List;

/**
 * A person or machine that signs: one key, or one of each scheme of which all sign.
 *
 * @param name of its key file, such as {@code root-1}
 * @param keys its keys
 */
public record FleetSigner(String name, List<DocumentSigner> keys) {
    /** Copies the list. */
    public FleetSigner {
        keys = List.copyOf(keys);
    }

    /** Adds this signer's signatures. */
    public SignedDocument sign(SignedDocument document) {
        SignedDocument signed = document;
        for (DocumentSigner key : keys) {
            signed = key.sign(signed);
        }
        return signed;
    }

    /** A document signed by all of some signers. */
    public static SignedDocument sign(JsonObject payload, List<FleetSigner> signers) {
        var document = new SignedDocument(payload, List.of());
        for (FleetSigner signer : signers) {
            document = signer.sign(document);
        }
        return document;
    }

    List<ContentDigest> ids() {
        return keys.stream().map(DocumentSigner::id).toList();
    }

    List<VerificationKey> verificationKeys() {
        return keys.stream().map(DocumentSigner::verificationKey).toList();
    }

    /** Never prints a key. */
    @Override
    public String toString() {
        return "FleetSigner[" + name + "]";
    }
}
