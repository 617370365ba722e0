package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keys and thresholds of all roles.
 *
 * @param version counts up by exactly one
 * @param issued when it was signed
 * @param expires after this, by the trusted time floor, it no longer counts
 * @param keys all keys by the id they are named with
 * @param roles who signs for what
 * @param revoked release counters that must not be used, by model line
 */
public record RootDocument(long version, Instant issued, Instant expires, Map<ContentDigest, VerificationKey> keys,
        Map<Role, RoleKeys> roles, SortedMap<String, Set<Long>> revoked) {
    private static final int MAX_LINES = 256;

    /** Copies the maps. */
    public RootDocument {
        keys = Map.copyOf(keys);
        roles = Map.copyOf(roles);
        revoked = new TreeMap<>(revoked);
    }

    /** Who signs for a role; a role nobody signs for has no signers and an unreachable threshold. */
    public RoleKeys role(Role role) {
        return roles.getOrDefault(role, new RoleKeys(Integer.MAX_VALUE, List.of()));
    }

    /** Whether a release must no longer be used. */
    public boolean revokes(String line, long counter) {
        return revoked.getOrDefault(line, Set.of()).contains(counter);
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        SortedMap<String, JsonValue> allKeys = new TreeMap<>();
        keys.forEach((id, key) -> allKeys.put(id.hex(), key.toJson()));
        SortedMap<String, JsonValue> allRoles = new TreeMap<>();
        roles.forEach((role, who) -> allRoles.put(role.word(), who.toJson()));
        SortedMap<String, JsonValue> allRevoked = new TreeMap<>();
        revoked.forEach((line, counters) -> {
            List<JsonValue> values = new ArrayList<>();
            new TreeSet<>(counters).forEach(counter -> values.add(JsonNumber.of(counter)));
            allRevoked.put(line, new JsonArray(values));
        });
        return Payload.of(DocumentType.ROOT, issued, expires).with("version", version)
                .with("keys", new JsonObject(allKeys)).with("roles", new JsonObject(allRoles))
                .with("revoked", new JsonObject(allRevoked));
    }

    /** Reads a payload. */
    public static RootDocument of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "root");
        Map<ContentDigest, VerificationKey> keys = new TreeMap<>((a, b) -> a.hex().compareTo(b.hex()));
        JsonFields keyFields = fields.object("keys");
        for (String id : keyFields.names()) {
            keys.put(new ContentDigest(id), VerificationKey.of(keyFields.value(id)));
        }
        Map<Role, RoleKeys> roles = new EnumMap<>(Role.class);
        JsonFields roleFields = fields.object("roles");
        for (Role role : Role.values()) {
            if (roleFields.has(role.word())) {
                roles.put(role, RoleKeys.of(roleFields.object(role.word())));
            }
        }
        SortedMap<String, Set<Long>> revoked = new TreeMap<>();
        JsonFields lines = fields.object("revoked");
        for (String line : lines.names().stream().limit(MAX_LINES).toList()) {
            revoked.put(Payload.identifier(line), new TreeSet<>(lines.wholes(line, 4096)));
        }
        return new RootDocument(fields.whole("version", 1, JsonNumber.MAX_WHOLE), Payload.time(fields, "issued"),
                Payload.time(fields, "expires"), keys, roles, revoked);
    }
}
