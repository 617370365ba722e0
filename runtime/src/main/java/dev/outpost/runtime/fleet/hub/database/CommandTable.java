package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.runtime.fleet.hub.database.CommandRow.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The commands; a hub sends one at each birth of its device until it is acknowledged or expired. */
public final class CommandTable {

    private static final String OPEN = " state IN ('waiting', 'accepted', 'running') ";

    private final Connections connections;

    CommandTable(Connections connections) {
        this.connections = connections;
    }

    public void add(String id, String device, byte[] envelope, Instant now, Instant expires) {
        connections.write(sql -> sql.update("""
                INSERT INTO commands (command, device, envelope, state, detail, created_ms, expires_ms, changed_ms)
                VALUES (?, ?, ?, 'waiting', '', ?, ?, ?)""", id, device, envelope, now.toEpochMilli(),
                expires.toEpochMilli(), now.toEpochMilli()));
    }

    public Optional<CommandRow> find(String id) {
        return connections
                .read(sql -> sql.one(CommandTable::row, "SELECT * FROM commands WHERE command = ?", id));
    }

    /** All, the newest first. */
    public List<CommandRow> all() {
        return connections.read(
                sql -> sql.all(CommandTable::row, "SELECT * FROM commands ORDER BY created_ms DESC, command"));
    }

    /** Those nobody acknowledged yet, the oldest first; the ones that are too old expire. */
    public List<CommandRow> waiting(Instant now) {
        boolean late = connections.read(sql -> sql.number("SELECT COUNT(*) FROM commands WHERE" + OPEN
                + "AND expires_ms <= ?", now.toEpochMilli())) > 0;
        if (late) {
            connections.write(sql -> sql.update("UPDATE commands SET state = 'expired', changed_ms = ? WHERE" + OPEN
                    + "AND expires_ms <= ?", now.toEpochMilli(), now.toEpochMilli()));
        }
        return connections.read(sql -> sql.all(CommandTable::row,
                "SELECT * FROM commands WHERE state = 'waiting' ORDER BY created_ms, command"));
    }

    /**
     * Keeps what a device said about its command; a state never goes back.
     *
     * @return false when that device has no such command, or it ended before
     */
    public boolean acknowledged(String id, String device, State state, String detail, Instant now) {
        return connections.write(sql -> sql.update("UPDATE commands SET state = ?, detail = ?, changed_ms = ?"
                + " WHERE command = ? AND device = ? AND" + OPEN
                + "AND NOT (state = 'running' AND ? = 'accepted')", state.word(), detail, now.toEpochMilli(), id,
                device, state.word())) == 1;
    }

    private static CommandRow row(ResultSet row) throws SQLException {
        return new CommandRow(row.getString("command"), row.getString("device"), row.getBytes("envelope"),
                State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)), row.getString("detail"),
                Times.of(row, "created_ms"), Times.of(row, "expires_ms"));
    }
}
