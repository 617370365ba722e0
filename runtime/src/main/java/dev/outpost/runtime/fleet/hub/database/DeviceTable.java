package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.runtime.fleet.hub.database.DeviceRow.Quarantine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The devices. */
public final class DeviceTable {

    /** Longer than any two machines with one identity would keep quiet. */
    private static final Duration BOOT_MEMORY = Duration.ofDays(30);

    private final Connections connections;

    DeviceTable(Connections connections) {
        this.connections = connections;
    }

    /** Makes a device known, or gives a known one another profile and other groups; the rest of it stays. */
    public void register(String site, String device, String profile, Set<String> groups) {
        connections.write(sql -> sql.update("""
                INSERT INTO devices (device, site, device_groups, profile, enrolled_ms, revoked_ms, quarantined_ms,
                    quarantine_reason, online, online_ms, boot_id, runtime, desired_version, models, report, report_ms)
                VALUES (?, ?, ?, ?, 0, 0, 0, '', 0, 0, '', '', 0, '', ?, 0)
                ON CONFLICT (device) DO UPDATE SET site = excluded.site, device_groups = excluded.device_groups,
                    profile = excluded.profile""", device, site, String.join(",", new TreeSet<>(groups)), profile,
                new byte[0]));
    }

    public Optional<DeviceRow> find(String device) {
        return connections.read(sql -> sql.one(DeviceTable::row, "SELECT * FROM devices WHERE device = ?", device));
    }

    /** All devices by name. */
    public List<DeviceRow> all() {
        return connections.read(sql -> sql.all(DeviceTable::row, "SELECT * FROM devices ORDER BY device"));
    }

    /** What must be known of a device before it is listened to. */
    public record Standing(boolean revoked, boolean quarantined) {}

    /** The standing of each enrolled device. */
    public Map<String, Standing> standings() {
        var standings = new HashMap<String, Standing>();
        connections.read(sql -> sql.all(row -> standings.put(row.getString(1),
                new Standing(row.getLong(2) != 0, row.getLong(3) != 0)),
                "SELECT device, revoked_ms, quarantined_ms FROM devices"));
        return standings;
    }

    /** No certificate of it is accepted and none is issued any more. */
    public void revoke(String device, Instant now) {
        connections.write(sql -> {
            sql.update("UPDATE certificates SET revoked_ms = ? WHERE device = ? AND revoked_ms = 0",
                    now.toEpochMilli(), device);
            return sql.update("UPDATE devices SET revoked_ms = ? WHERE device = ? AND revoked_ms = 0",
                    now.toEpochMilli(), device);
        });
    }

    /**
     * A revoked device may be enrolled again; its old certificates stay revoked. That also ends a quarantine: whoever
     * holds a copy of the old identity holds nothing any more.
     */
    public void readmit(String device) {
        connections.write(sql -> {
            sql.update("DELETE FROM boots WHERE device = ?", device);
            return sql.update("""
                    UPDATE devices SET revoked_ms = 0, quarantined_ms = 0, quarantine_reason = ''
                    WHERE device = ?""", device);
        });
    }

    /** @return whether it was not in quarantine before */
    public boolean quarantine(String device, String reason, Instant now) {
        return connections.write(sql -> sql.update("""
                UPDATE devices SET quarantined_ms = ?, quarantine_reason = ?
                WHERE device = ? AND quarantined_ms = 0""", now.toEpochMilli(), reason, device)) == 1;
    }

    /** What a device said of itself when it came, or its will when it went. */
    public record Heard(boolean online, String bootId, String runtime, String profile, List<String> models,
            long desiredVersion) {}

    /** Keeps a presence; a device nobody enrolled is not made known by it. */
    public void heard(String device, Heard heard, Instant now) {
        connections.write(sql -> sql.update("""
                UPDATE devices SET online = ?, online_ms = ?, boot_id = ?, runtime = ?, profile = ?, models = ?,
                    desired_version = ? WHERE device = ?""", heard.online() ? 1 : 0, now.toEpochMilli(),
                heard.bootId(), heard.runtime(), heard.profile(), String.join(",", heard.models()),
                heard.desiredVersion(), device));
    }

    /** Keeps a verified report's payload, JSON. */
    public void reported(String device, byte[] payload, Instant now) {
        connections.write(sql -> sql.update("UPDATE devices SET report = ?, report_ms = ? WHERE device = ?", payload,
                now.toEpochMilli(), device));
    }

    /**
     * Notes that a boot id was heard.
     *
     * @return how often boot ids of this device were heard again after another one had been heard
     */
    public long noteBoot(String device, String bootId, Instant now) {
        return connections.write(sql -> {
            long at = now.toEpochMilli();
            sql.update("DELETE FROM boots WHERE device = ? AND last_ms < ?", device, at - BOOT_MEMORY.toMillis());
            String latest = sql.one(row -> row.getString(1),
                    "SELECT boot_id FROM boots WHERE device = ? ORDER BY last_ms DESC, first_ms DESC LIMIT 1", device)
                    .orElse(bootId);
            sql.update("""
                    INSERT INTO boots (device, boot_id, first_ms, last_ms, returned) VALUES (?, ?, ?, ?, 0)
                    ON CONFLICT (device, boot_id) DO UPDATE SET last_ms = excluded.last_ms,
                        returned = boots.returned + ?""", device, bootId, at, at, latest.equals(bootId) ? 0 : 1);
            return sql.number("SELECT SUM(returned) FROM boots WHERE device = ?", device);
        });
    }

    private static DeviceRow row(ResultSet row) throws SQLException {
        var since = Times.optional(row, "quarantined_ms");
        var reason = row.getString("quarantine_reason");
        var reported = Times.optional(row, "report_ms");
        byte[] report = row.getBytes("report");
        return new DeviceRow(row.getString("device"), row.getString("site"), set(row.getString("device_groups")),
                row.getString("profile"), Times.optional(row, "enrolled_ms"), Times.optional(row, "revoked_ms"),
                since.map(time -> new Quarantine(time, reason)), row.getLong("online") != 0,
                Times.optional(row, "online_ms"), row.getString("boot_id"), row.getString("runtime"),
                row.getLong("desired_version"), List.copyOf(set(row.getString("models"))),
                reported.map(time -> report), reported);
    }

    private static SortedSet<String> set(String joined) {
        return joined.isEmpty() ? new TreeSet<>() : new TreeSet<>(List.of(joined.split(",")));
    }
}
