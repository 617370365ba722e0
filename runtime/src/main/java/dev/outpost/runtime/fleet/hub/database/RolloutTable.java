package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.manifest.Addressee;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The rollouts. */
public final class RolloutTable {

    private final Connections connections;

    RolloutTable(Connections connections) {
        this.connections = connections;
    }

    /** Writes a rollout as it now is. */
    public void put(RolloutRow rollout) {
        connections.write(sql -> sql.update("""
                INSERT INTO rollouts (rollout, addressee, line, counter, state, plan, changed_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (rollout) DO UPDATE SET state = excluded.state, plan = excluded.plan,
                    changed_ms = excluded.changed_ms""", rollout.id(), rollout.addressee().key(), rollout.line(),
                rollout.counter(), rollout.state(), rollout.plan(), rollout.changed().toEpochMilli()));
    }

    public Optional<RolloutRow> find(String id) {
        return connections
                .read(sql -> sql.one(RolloutTable::row, "SELECT * FROM rollouts WHERE rollout = ?", id));
    }

    /** All, the last changed first. */
    public List<RolloutRow> all() {
        return connections.read(
                sql -> sql.all(RolloutTable::row, "SELECT * FROM rollouts ORDER BY changed_ms DESC, rollout"));
    }

    /** Those in a state. */
    public List<RolloutRow> in(String state) {
        return connections.read(sql -> sql.all(RolloutTable::row,
                "SELECT * FROM rollouts WHERE state = ? ORDER BY changed_ms, rollout", state));
    }

    private static RolloutRow row(ResultSet row) throws SQLException {
        String key = row.getString("addressee");
        String id = key.substring(key.indexOf('/') + 1);
        var addressee = key.startsWith("group/") ? new Addressee.Group(id) : new Addressee.Device(id);
        return new RolloutRow(row.getString("rollout"), addressee, row.getString("line"), row.getLong("counter"),
                row.getString("state"), row.getString("plan"), Times.of(row, "changed_ms"));
    }
}
