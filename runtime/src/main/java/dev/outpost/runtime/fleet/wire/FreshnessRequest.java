package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import java.util.Map;

/**
 * A device asks what is newest; the answer repeats its nonce under the freshness role's signature.
 *
 * @param nonce random text, at most 64 characters
 */
public record FreshnessRequest(String nonce) {
    private static final int LIMIT = 256;

    /** The bytes on the wire. */
    public byte[] encode() {
        return JsonWriter.canonical(JsonObject.of(Map.of()).with("nonce", nonce));
    }

    /** Reads what {@link #encode} wrote. */
    public static FreshnessRequest of(byte[] message) {
        JsonFields fields = JsonFields.of(JsonReader.read(message, LIMIT), "freshness");
        FreshnessRequest request = new FreshnessRequest(fields.text("nonce", 64));
        fields.end();
        return request;
    }
}
