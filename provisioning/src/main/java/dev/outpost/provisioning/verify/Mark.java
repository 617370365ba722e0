package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Map;

/**
 * The highest version verified of something, and what it said.
 *
 * @param version the version or counter
 * @param digest digest of the payload
 */
record Mark(long version, ContentDigest digest) {
    Mark higher(Mark other) {
        return other.version > version ? other : this;
    }

    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("version", version).with("digest", digest.hex());
    }

    static Mark of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "mark");
        return new Mark(fields.whole("version", 0, JsonValue.JsonNumber.MAX_WHOLE),
                new ContentDigest(fields.text("digest", 64)));
    }
}
