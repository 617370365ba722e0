package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The releases, by model line and counter. */
public final class ReleaseTable {

    private final Connections connections;

    ReleaseTable(Connections connections) {
        this.connections = connections;
    }

    /** The counter the next release of a line carries; 1 for the first. */
    public long nextCounter(String line) {
        return connections.read(sql -> sql.number("SELECT MAX(counter) FROM releases WHERE line = ?", line)) + 1;
    }

    /** @throws FleetDatabaseException if the line has a release with that counter */
    public void add(ReleaseRow release) {
        connections.write(sql -> sql.update("""
                INSERT INTO releases (line, counter, name, digest, file, bytes, issued_ms, revoked_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, 0)""", release.line(), release.counter(), release.name(),
                release.envelope().hex(), release.file().hex(), release.bytes(), release.issued().toEpochMilli()));
    }

    public Optional<ReleaseRow> find(String line, long counter) {
        return connections.read(sql -> sql.one(ReleaseTable::row,
                "SELECT * FROM releases WHERE line = ? AND counter = ?", line, counter));
    }

    /** The newest of a line that was not revoked. */
    public Optional<ReleaseRow> newest(String line) {
        return connections.read(sql -> sql.one(ReleaseTable::row, """
                SELECT * FROM releases WHERE line = ? AND revoked_ms = 0 ORDER BY counter DESC LIMIT 1""", line));
    }

    /** All, by line, the newest first. */
    public List<ReleaseRow> all() {
        return connections
                .read(sql -> sql.all(ReleaseTable::row, "SELECT * FROM releases ORDER BY line, counter DESC"));
    }

    /** The same manifest under other keys. */
    public void signedAgain(String line, long counter, ContentDigest envelope) {
        connections.write(sql -> sql.update("UPDATE releases SET digest = ? WHERE line = ? AND counter = ?",
                envelope.hex(), line, counter));
    }

    public void revoke(String line, long counter, Instant now) {
        connections.write(sql -> sql.update("UPDATE releases SET revoked_ms = ? WHERE line = ? AND counter = ?",
                now.toEpochMilli(), line, counter));
    }

    /** The newest counter of each line that was not revoked: what freshness says. */
    public SortedMap<String, Long> newestCounters() {
        var counters = new TreeMap<String, Long>();
        connections.read(sql -> sql.all(row -> counters.put(row.getString(1), row.getLong(2)),
                "SELECT line, MAX(counter) FROM releases WHERE revoked_ms = 0 GROUP BY line"));
        return counters;
    }

    private static ReleaseRow row(ResultSet row) throws SQLException {
        return new ReleaseRow(row.getString("line"), row.getLong("counter"), row.getString("name"),
                new ContentDigest(row.getString("digest")), new ContentDigest(row.getString("file")),
                row.getLong("bytes"), Times.of(row, "issued_ms"), Times.optional(row, "revoked_ms"));
    }
}
