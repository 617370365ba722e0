package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A release the fleet wants on a device, named so that it can be only one.
 *
 * @param line the model line
 * @param counter the release's counter
 * @param sha256 digest of the file
 * @param bytes its length
 * @param profile device profile it is meant for; {@code any} for all
 * @param allowDowngradeTo counters below the floor that this document allows explicitly
 */
public record FleetTarget(String line, long counter, ContentDigest sha256, long bytes, String profile,
        List<Long> allowDowngradeTo) {
    /** A profile that every device has. */
    public static final String ANY_PROFILE = "any";

    /** Copies the list. */
    public FleetTarget {
        allowDowngradeTo = List.copyOf(allowDowngradeTo);
    }

    JsonObject toJson() {
        List<JsonValue> downgrades = new ArrayList<>();
        allowDowngradeTo.forEach(counter -> downgrades.add(JsonNumber.of(counter)));
        return JsonObject.of(Map.of()).with("line", line).with("counter", counter).with("sha256", sha256.hex())
                .with("bytes", bytes).with("profile", profile).with("allowDowngradeTo", new JsonArray(downgrades));
    }

    static FleetTarget of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "target");
        return new FleetTarget(Payload.identifier(fields.text("line", 64)),
                fields.whole("counter", 1, JsonNumber.MAX_WHOLE), new ContentDigest(fields.text("sha256", 64)),
                fields.whole("bytes", 0, JsonNumber.MAX_WHOLE), Payload.identifier(fields.text("profile", 64)),
                fields.wholes("allowDowngradeTo", 64));
    }
}
