package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.util.List;

/** The roots: version and digest of the envelope, whose bytes are a document. */
public final class RootTable {

    private final Connections connections;

    RootTable(Connections connections) {
        this.connections = connections;
    }

    /** One root. */
    public record RootRow(long version, ContentDigest digest) {}

    public void put(long version, ContentDigest digest) {
        connections.write(sql -> sql.update("""
                INSERT INTO roots (version, digest) VALUES (?, ?)
                ON CONFLICT (version) DO UPDATE SET digest = excluded.digest""", version, digest.hex()));
    }

    /** All, ascending. */
    public List<RootRow> all() {
        return connections.read(sql -> sql.all(row -> new RootRow(row.getLong(1), new ContentDigest(row.getString(2))),
                "SELECT version, digest FROM roots ORDER BY version"));
    }

    /** The newest version, 0 before the first. */
    public long newest() {
        return connections.read(sql -> sql.number("SELECT MAX(version) FROM roots"));
    }
}
