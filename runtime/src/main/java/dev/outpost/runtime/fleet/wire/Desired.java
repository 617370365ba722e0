package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a device or a group shall run: the signed fleet document, and where the documents behind it are found. The
 * references are hints that nobody signed: each document is signed itself, or named by digest in one that is.
 *
 * @param fleet the fleet document's envelope
 * @param documents roots in ascending order, releases, a configuration; to be fetched by digest
 */
public record Desired(JsonObject fleet, List<Reference> documents) {
    /** Most bytes of the whole message. */
    public static final int MAX_BYTES = 64 << 10;
    private static final int MAX_DOCUMENTS = 1_100;

    /** Copies the references. */
    public Desired {
        documents = List.copyOf(documents);
    }

    /** What a reference leads to. */
    public enum Kind {
        /** A signed root. */
        ROOT("root"),
        /** A signed release manifest. */
        RELEASE("release"),
        /** A configuration file. */
        CONFIGURATION("configuration");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word on the wire. */
        public String word() {
            return word;
        }

        static Kind of(String word) {
            return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst()
                    .orElseThrow(() -> WireText.malformed("unknown kind of document: kind=" + word));
        }
    }

    /**
     * One document.
     *
     * @param kind what it is
     * @param digest SHA-256 of its bytes, signatures included
     * @param bytes its length, at most 256 KiB
     */
    public record Reference(Kind kind, ContentDigest digest, int bytes) {
        private static final int MOST = 256 << 10;

        /** The reference to a document. */
        public static Reference to(Kind kind, byte[] document) {
            return new Reference(kind, ContentDigest.of(document), document.length);
        }

        private JsonObject toJson() {
            return JsonObject.of(Map.of()).with("kind", kind.word()).with("digest", digest.hex()).with("bytes", bytes);
        }

        private static Reference of(JsonValue json) {
            JsonFields fields = JsonFields.of(json, "document");
            Reference reference = new Reference(Kind.of(fields.text("kind", 16)), WireText.digest(fields, "digest"),
                    (int) fields.whole("bytes", 1, MOST));
            fields.end();
            return reference;
        }
    }

    /** A message for an encoded fleet document. */
    public static Desired of(byte[] fleetDocument, List<Reference> documents) {
        return new Desired(object(JsonReader.read(fleetDocument, SignedDocument.MAX_BYTES)), documents);
    }

    /** The fleet document as it was signed. */
    public byte[] fleetDocument() {
        return JsonWriter.canonical(fleet);
    }

    /** References of one kind, in order. */
    public List<Reference> documents(Kind kind) {
        return documents.stream().filter(reference -> reference.kind() == kind).toList();
    }

    /** The bytes on the wire. */
    public byte[] encode() {
        List<JsonValue> references = new ArrayList<>();
        documents.forEach(reference -> references.add(reference.toJson()));
        return JsonWriter.canonical(JsonObject.of(Map.of("fleet", fleet, "documents", new JsonArray(references))));
    }

    /** Reads what {@link #encode} wrote. */
    public static Desired of(byte[] message) {
        JsonFields fields = JsonFields.of(JsonReader.read(message, MAX_BYTES), "desired");
        List<Reference> documents = new ArrayList<>();
        fields.array("documents", MAX_DOCUMENTS).forEach(reference -> documents.add(Reference.of(reference)));
        Desired desired = new Desired(object(fields.value("fleet")), documents);
        fields.end();
        return desired;
    }

    private static JsonObject object(JsonValue value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw WireText.malformed("fleet document is not an object");
    }
}
