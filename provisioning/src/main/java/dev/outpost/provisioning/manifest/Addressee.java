package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.Map;

/** Whom a fleet document is for, within its site. */
public sealed interface Addressee {
    /**
     * One device.
     *
     * @param id the device
     */
    record Device(String id) implements Addressee {}

    /**
     * All devices of a group.
     *
     * @param id the group
     */
    record Group(String id) implements Addressee {}

    /** Key for floors: versions count per addressee. */
    default String key() {
        return switch (this) {
            case Device(String id) -> "device/" + id;
            case Group(String id) -> "group/" + id;
        };
    }

    /** The form in documents. */
    default JsonObject toJson() {
        return switch (this) {
            case Device(String id) -> JsonObject.of(Map.of()).with("device", id);
            case Group(String id) -> JsonObject.of(Map.of()).with("group", id);
        };
    }

    /** Reads {@link #toJson}. */
    static Addressee of(JsonFields fields) {
        return fields.has("group")
                ? new Group(Payload.identifier(fields.text("group", 64)))
                : new Device(Payload.identifier(fields.text("device", 64)));
    }
}
