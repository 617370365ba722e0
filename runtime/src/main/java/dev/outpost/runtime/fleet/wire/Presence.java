package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import java.util.List;
import java.util.Map;

/**
 * Whether a device is there, and as what: retained, and the will of its connection. Two boot ids that take turns on one
 * device id are two devices with one identity.
 *
 * @param online false in the will and in the goodbye
 * @param bootId 16 hex digits, drawn at each start of the process
 * @param session connection attempts of this start, from 1
 * @param runtime version of the runtime
 * @param profile device profile
 * @param modelDigests digests (hex) of the models that serve
 * @param desiredVersion highest fleet document version that was verified; 0 before the first
 */
public record Presence(boolean online, String bootId, long session, String runtime, String profile,
        List<String> modelDigests, long desiredVersion) {
    private static final int LIMIT = 16 << 10;

    /** Copies the digests. */
    public Presence {
        modelDigests = List.copyOf(modelDigests);
    }

    /** The bytes on the wire. */
    public byte[] encode() {
        return JsonWriter.canonical(JsonObject.of(Map.of()).with("online", new JsonFlag(online)).with("bootId", bootId)
                .with("session", session).with("runtime", runtime).with("profile", profile)
                .with("modelDigests", JsonArray.ofTexts(modelDigests)).with("desiredVersion", desiredVersion));
    }

    /** Reads what {@link #encode} wrote. */
    public static Presence of(byte[] message) {
        JsonFields fields = JsonFields.of(JsonReader.read(message, LIMIT), "presence");
        Presence presence = new Presence(WireText.flag(fields, "online"), WireText.bootId(fields),
                fields.whole("session", 0, JsonNumber.MAX_WHOLE), fields.text("runtime", 64),
                fields.text("profile", 64), WireText.digests(fields, "modelDigests", 16),
                fields.whole("desiredVersion", 0, JsonNumber.MAX_WHOLE));
        fields.end();
        return presence;
    }
}
