package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.time.Instant;
import java.util.Map;

/** What all payloads share: type, times, identifiers. */
final class Payload {
    /** The year 9999, so that no arithmetic on times can overflow. */
    private static final long LATEST = 253_402_300_799L;

    private Payload() {}

    static JsonObject of(DocumentType type, Instant issued, Instant expires) {
        return of(type, issued).with("expires", expires.getEpochSecond());
    }

    static JsonObject of(DocumentType type, Instant issued) {
        return JsonObject.of(Map.of()).with("type", type.word()).with("issued", issued.getEpochSecond());
    }

    static Instant time(JsonFields fields, String name) {
        return Instant.ofEpochSecond(fields.whole(name, 0, LATEST));
    }

    static String identifier(String text) {
        boolean allowed = !text.isEmpty() && text.length() <= 64
                && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-');
        if (!allowed) {
            throw new RefusedException(Refusal.BAD_NAME,
                    "not an identifier [a-z0-9-]{1,64}: characters=" + text.length());
        }
        return text;
    }
}
