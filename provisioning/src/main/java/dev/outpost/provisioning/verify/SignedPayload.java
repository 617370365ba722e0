package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.function.Function;

/** The door for documents other than updates: claims and ownership commands. */
public final class SignedPayload {
    private SignedPayload() {}

    /**
     * Reads a document that the type's role must have signed.
     *
     * @param root whose keys count
     * @param reader payload to record
     * @param writer record to payload; anything it does not write back is refused
     */
    public static <T> T read(byte[] document, DocumentType type, RootDocument root, Function<JsonObject, T> reader,
            Function<T, JsonObject> writer) {
        DocumentReading reading = new DocumentReading(Checks.all());
        SignedDocument envelope = reading.envelope(document, type);
        new SignatureCheck(Checks.all()).require(envelope, root, type.role());
        return reading.payload(envelope, reader, writer);
    }

    /** The payload of a document whose signatures are not checked yet: only to find the root that it carries. */
    public static JsonObject unchecked(byte[] document, DocumentType type) {
        return new DocumentReading(Checks.all()).envelope(document, type).payload();
    }
}
