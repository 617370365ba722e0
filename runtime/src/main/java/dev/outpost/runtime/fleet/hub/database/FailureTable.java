package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The failures, one for each release and device. */
public final class FailureTable {

    private final Connections connections;

    FailureTable(Connections connections) {
        this.connections = connections;
    }

    /** @return whether it was not known */
    public boolean add(FailureRow failure) {
        return connections.write(sql -> sql.update("""
                INSERT INTO failures (release_digest, device, profile, line, counter, outcome, detail, failed_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (release_digest, device) DO NOTHING""",
                failure.release().hex(), failure.device(), failure.profile(), failure.line(), failure.counter(),
                failure.outcome(), failure.detail(), failure.failed().toEpochMilli())) == 1;
    }

    /** Those of one release, the oldest first. */
    public List<FailureRow> of(String line, long counter) {
        return connections.read(sql -> sql.all(FailureTable::row,
                "SELECT * FROM failures WHERE line = ? AND counter = ? ORDER BY failed_ms, device", line, counter));
    }

    /** All, the newest first. */
    public List<FailureRow> all() {
        return connections.read(
                sql -> sql.all(FailureTable::row, "SELECT * FROM failures ORDER BY failed_ms DESC, device"));
    }

    private static FailureRow row(ResultSet row) throws SQLException {
        return new FailureRow(new ContentDigest(row.getString("release_digest")), row.getString("device"),
                row.getString("profile"), row.getString("line"), row.getLong("counter"), row.getString("outcome"),
                row.getString("detail"), Times.of(row, "failed_ms"));
    }
}
