package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonValue.JsonText;
import dev.outpost.provisioning.manifest.DocumentType;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What binds a device to a fleet: a file from the factory or a stick, signed by the fleet role of the root it carries.
 *
 * @param site the site
 * @param device the device id it is for
 * @param counter counts up per device; a claim is used once
 * @param token one-time token for the enrolment authority
 * @param enrolUrl where the authority answers; empty for MQTT or stick alone
 * @param links broker addresses by link name
 * @param pins SHA-256 digests (hex) of the certificates that sign the fleet's servers
 * @param root the signed root
 */
public record Claim(String site, String device, long counter, String token, String enrolUrl,
        SortedMap<String, String> links, List<String> pins, JsonValue root) {
    /** Copies the collections. */
    public Claim {
        links = new TreeMap<>(links);
        pins = List.copyOf(pins);
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        SortedMap<String, JsonValue> addresses = new TreeMap<>();
        links.forEach((name, address) -> addresses.put(name, new JsonText(address)));
        return JsonObject.of(Map.of()).with("type", DocumentType.CLAIM.word()).with("site", site).with("device", device)
                .with("counter", counter).with("token", token).with("enrolUrl", enrolUrl)
                .with("links", new JsonObject(addresses)).with("pins", JsonArray.ofTexts(pins)).with("root", root);
    }

    /** Reads a payload. */
    public static Claim of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "claim");
        SortedMap<String, String> links = new TreeMap<>();
        JsonFields addresses = fields.object("links");
        addresses.names().forEach(name -> links.put(name, addresses.text(name, 512)));
        return new Claim(fields.text("site", 64), fields.text("device", 64),
                fields.whole("counter", 1, JsonNumber.MAX_WHOLE), fields.text("token", 256),
                fields.text("enrolUrl", 512), links, fields.texts("pins", 16, 64), fields.value("root"));
    }
}
