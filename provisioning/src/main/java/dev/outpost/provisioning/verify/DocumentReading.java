package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonValue.JsonText;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.SignedDocument;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;

/** From bytes to a payload that is what it says: size, canonical form, type, and nothing in it that was not read. */
final class DocumentReading {
    private static final int UNCHECKED_LIMIT = 16 << 20;

    private final Checks checks;

    DocumentReading(Checks checks) {
        this.checks = checks;
    }

    /** The envelope; signatures are not looked at. */
    SignedDocument envelope(byte[] document, DocumentType type) {
        JsonValue value = JsonReader.read(document,
                checks.on(Check.SIZE) ? SignedDocument.MAX_BYTES : UNCHECKED_LIMIT);
        if (checks.on(Check.CANONICAL_FORM) && !Arrays.equals(JsonWriter.canonical(value), document)) {
            throw new RefusedException(Refusal.NOT_CANONICAL, "document is not in canonical form (RFC 8785)");
        }
        SignedDocument envelope = SignedDocument.of(value);
        JsonValue found = envelope.payload().members().get("type");
        if (checks.on(Check.DOCUMENT_TYPE) && !new JsonText(type.word()).equals(found)) {
            throw new RefusedException(Refusal.WRONG_DOCUMENT_TYPE,
                    "document is of another type: expected=" + type.word());
        }
        return envelope;
    }

    /** The payload as a record; refuses members that the record does not hold. */
    <T> T payload(SignedDocument envelope, Function<JsonObject, T> reader, Function<T, JsonObject> writer) {
        T document = reader.apply(envelope.payload());
        JsonObject known = writer.apply(document);
        if (checks.on(Check.NOTHING_UNREAD) && !known.without("type").equals(envelope.payload().without("type"))) {
            throw new RefusedException(Refusal.UNKNOWN_MEMBER, "document says more than this version reads");
        }
        return document;
    }

    /** Refuses what has expired by the trusted time floor; a date in the future is no fault. */
    void current(Instant expires, Instant floor) {
        if (checks.on(Check.EXPIRY) && expires.isBefore(floor)) {
            throw new RefusedException(Refusal.EXPIRED,
                    "document has expired: expires=" + expires + ", floor=" + floor);
        }
    }
}
