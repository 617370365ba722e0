package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Map;

/**
 * A release failed on a device; travels in a {@link SignedReport}, retained, so that devices that come later count it.
 *
 * @param site its site
 * @param device its id
 * @param profile its device profile: only devices of the same one count it
 * @param release digest of the release's payload
 * @param line the model line
 * @param counter the release's counter
 * @param outcome word of the outcome
 * @param detail what happened, for people
 */
public record FailNotice(String site, String device, String profile, ContentDigest release, String line, long counter,
        String outcome, String detail) {
    /** The payload's type. */
    public static final String TYPE = "outpost/fail/1";
    private static final int DETAIL = 2048;

    /** Cuts the detail to what the wire takes. */
    public FailNotice {
        detail = detail.substring(0, Math.min(DETAIL, detail.length()));
    }

    /** First 12 hex digits of a release: its level in the topic {@code _fail/{release12}/{device}}. */
    public static String topicLevel(ContentDigest release) {
        return release.hex().substring(0, 12);
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        return JsonObject.of(Map.of()).with("type", TYPE).with("site", site).with("device", device)
                .with("profile", profile).with("release", release.hex()).with("line", line).with("counter", counter)
                .with("outcome", outcome).with("detail", detail);
    }

    /** Whether a payload is a notice of this kind. */
    public static boolean is(JsonObject payload) {
        return payload.members().get("type") instanceof JsonValue.JsonText text && text.text().equals(TYPE);
    }

    /** Reads a verified payload. */
    public static FailNotice of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "fail");
        if (!fields.text("type", 64).equals(TYPE)) {
            throw WireText.malformed("not a failure notice: expected=" + TYPE);
        }
        FailNotice notice = new FailNotice(WireText.identifier(fields, "site"), WireText.identifier(fields, "device"),
                fields.text("profile", 64), WireText.digest(fields, "release"), fields.text("line", 64),
                fields.whole("counter", 0, JsonNumber.MAX_WHOLE), fields.text("outcome", 64),
                fields.text("detail", DETAIL));
        fields.end();
        return notice;
    }
}
