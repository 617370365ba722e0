package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.DesiredRow.Reference;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The desired state, one row for each device or group that has one of its own. */
public final class DesiredTable {

    private static final int MOST_JSON = 1 << 20;

    private final Connections connections;

    DesiredTable(Connections connections) {
        this.connections = connections;
    }

    /** The version the next fleet document for somebody carries; 1 for the first. */
    public long nextVersion(Addressee addressee) {
        return connections.read(
                sql -> sql.number("SELECT MAX(version) FROM desired WHERE addressee = ?", addressee.key())) + 1;
    }

    /**
     * Replaces what somebody shall run; a hub publishes it within a second.
     *
     * @throws FleetDatabaseException if the version is not above the present one
     */
    public void put(Addressee addressee, long version, byte[] envelope, List<Reference> documents, Instant now) {
        int changed = connections.write(sql -> sql.update("""
                INSERT INTO desired (addressee, version, envelope, documents, changed_ms, published)
                VALUES (?, ?, ?, ?, ?, 0)
                ON CONFLICT (addressee) DO UPDATE SET version = excluded.version, envelope = excluded.envelope,
                    documents = excluded.documents, changed_ms = excluded.changed_ms
                WHERE desired.version < excluded.version""", addressee.key(), version, envelope, text(documents),
                now.toEpochMilli()));
        if (changed == 0) {
            throw new FleetDatabaseException("another fleet document was written meanwhile: addressee="
                    + addressee.key() + ", version=" + version);
        }
    }

    public Optional<DesiredRow> find(Addressee addressee) {
        return connections.read(sql -> sql.one(DesiredTable::row, "SELECT * FROM desired WHERE addressee = ?",
                addressee.key()));
    }

    public List<DesiredRow> all() {
        return connections.read(sql -> sql.all(DesiredTable::row, "SELECT * FROM desired ORDER BY addressee"));
    }

    /** The version of each addressee by {@link Addressee#key()}: what freshness says, and what a poll reads. */
    public SortedMap<String, Long> versions() {
        var versions = new TreeMap<String, Long>();
        connections.read(sql -> sql.all(row -> versions.put(row.getString(1), row.getLong(2)),
                "SELECT addressee, version FROM desired"));
        return versions;
    }

    /** The broker acknowledged this version. */
    public void published(Addressee addressee, long version) {
        connections.write(sql -> sql.update("UPDATE desired SET published = ? WHERE addressee = ? AND published < ?",
                version, addressee.key(), version));
    }

    private static String text(List<Reference> documents) {
        List<JsonValue> references = new ArrayList<>();
        documents.forEach(reference -> references.add(JsonObject.of(Map.of()).with("kind", reference.kind())
                .with("digest", reference.digest().hex()).with("bytes", reference.bytes())));
        return JsonWriter.text(new JsonArray(references));
    }

    private static DesiredRow row(ResultSet row) throws SQLException {
        byte[] json = row.getString("documents").getBytes(StandardCharsets.UTF_8);
        var references = new ArrayList<Reference>();
        if (JsonReader.read(json, MOST_JSON) instanceof JsonArray(List<JsonValue> values)) {
            for (var value : values) {
                var fields = JsonFields.of(value, "document");
                references.add(new Reference(fields.text("kind", 16), new ContentDigest(fields.text("digest", 64)),
                        fields.whole("bytes", 0, JsonNumber.MAX_WHOLE)));
            }
        }
        return new DesiredRow(addressee(row.getString("addressee")), row.getLong("version"), row.getBytes("envelope"),
                references, Times.of(row, "changed_ms"), row.getLong("published"));
    }

    private static Addressee addressee(String key) {
        String id = key.substring(key.indexOf('/') + 1);
        return key.startsWith("group/") ? new Addressee.Group(id) : new Addressee.Device(id);
    }
}
