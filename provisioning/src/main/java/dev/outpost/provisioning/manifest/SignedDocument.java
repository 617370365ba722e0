package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A payload and its signatures: {@code {"payload":{...},"signatures":[{"key":HEX,"signature":BASE64}]}}. A signature is
 * over the canonical bytes of the payload, whose {@code type} member keeps documents of one kind from passing as another.
 *
 * @param payload what was signed
 * @param signatures who signed it; not yet checked
 */
public record SignedDocument(JsonObject payload, List<Signature> signatures) {
    /** Most bytes of any signed document. */
    public static final int MAX_BYTES = 64 << 10;
    private static final int MAX_SIGNATURES = 32;

    /** Copies the signatures. */
    public SignedDocument {
        signatures = List.copyOf(signatures);
    }

    /**
     * One signature.
     *
     * @param key the signing key's id
     * @param bytes the signature
     */
    public record Signature(ContentDigest key, byte[] bytes) {
        /** Copies the bytes. */
        public Signature {
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /** Takes an envelope apart. */
    public static SignedDocument of(JsonValue envelope) {
        JsonFields fields = JsonFields.of(envelope, "envelope");
        if (!(fields.value("payload") instanceof JsonObject payload)) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "payload is not an object");
        }
        List<Signature> signatures = new ArrayList<>();
        for (JsonValue entry : fields.array("signatures", MAX_SIGNATURES)) {
            JsonFields signature = JsonFields.of(entry, "signature");
            signatures.add(new Signature(new ContentDigest(signature.text("key", 64)),
                    base64(signature.text("signature", 8192))));
            signature.end();
        }
        fields.end();
        return new SignedDocument(payload, signatures);
    }

    /** The bytes that signatures are over. */
    public byte[] signedBytes() {
        return JsonWriter.canonical(payload);
    }

    /** Digest of the payload: the document's identity whoever signed it. */
    public ContentDigest digest() {
        return ContentDigest.of(signedBytes());
    }

    /** The canonical envelope, as it travels. */
    public byte[] encode() {
        List<JsonValue> entries = new ArrayList<>();
        for (Signature signature : signatures) {
            entries.add(JsonObject.of(Map.of()).with("key", signature.key().hex()).with("signature",
                    Base64.getEncoder().encodeToString(signature.bytes())));
        }
        return JsonWriter.canonical(JsonObject.of(Map.of("payload", payload, "signatures", new JsonArray(entries))));
    }

    static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "not base64: characters=" + text.length());
        }
    }
}
