package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a device or group of a site shall run, said by the fleet role.
 *
 * @param site the site
 * @param addressee the device or group
 * @param version counts up per addressee
 * @param targets the wanted releases, at most one per line
 * @param configuration digest of the wanted configuration, if any
 * @param rollout when a device may begin
 * @param issued when it was signed
 * @param expires after this, by the trusted time floor, it is ignored
 */
public record FleetDocument(String site, Addressee addressee, long version, List<FleetTarget> targets,
        Optional<ContentDigest> configuration, RolloutRule rollout, Instant issued, Instant expires) {
    private static final int MAX_TARGETS = 16;

    /** Copies the targets. */
    public FleetDocument {
        targets = List.copyOf(targets);
    }

    /** The wanted release of a line. */
    public Optional<FleetTarget> target(String line) {
        return targets.stream().filter(target -> target.line().equals(line)).findFirst();
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        List<JsonValue> wanted = new ArrayList<>();
        targets.forEach(target -> wanted.add(target.toJson()));
        JsonObject json = Payload.of(DocumentType.FLEET, issued, expires).with("site", site)
                .with("addressee", addressee.toJson()).with("version", version).with("targets", new JsonArray(wanted))
                .with("rollout", rollout.toJson());
        return configuration.map(digest -> json.with("configuration", digest.hex())).orElse(json);
    }

    /** Reads a payload. */
    public static FleetDocument of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "fleet");
        List<FleetTarget> targets = new ArrayList<>();
        fields.array("targets", MAX_TARGETS).forEach(target -> targets.add(FleetTarget.of(target)));
        return new FleetDocument(Payload.identifier(fields.text("site", 64)), Addressee.of(fields.object("addressee")),
                fields.whole("version", 1, JsonNumber.MAX_WHOLE), targets,
                fields.optionalText("configuration", 64).map(ContentDigest::new),
                RolloutRule.of(fields.object("rollout")), Payload.time(fields, "issued"),
                Payload.time(fields, "expires"));
    }
}
