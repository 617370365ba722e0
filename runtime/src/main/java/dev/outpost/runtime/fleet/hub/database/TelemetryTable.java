package dev.outpost.runtime.fleet.hub.database;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The telemetry. A record is (device, stream, boot, sequence), so storing it twice stores it once; a flat table, so that
 * whatever a site uses can read it with one statement.
 */
public final class TelemetryTable {

    private static final int PRUNE_ROWS = 5_000;

    private final Connections connections;

    TelemetryTable(Connections connections) {
        this.connections = connections;
    }

    /** What may be told a device: its {@code run} need not send {@code stream} up to and including {@code upTo} again. */
    public record Ack(String device, String stream, String runId, long upTo) {}

    /** A stored record, for people. */
    public record TelemetryRow(String device, String stream, String bootId, long sequence, Instant time, String json) {}

    /**
     * Stores batches in one transaction; only when it returns may they be acknowledged.
     *
     * @return one acknowledgement for each stream among them
     */
    public List<Ack> store(List<StoredBatch> batches, Instant now) {
        // hubs lock the streams in one order, so that they never wait for each other in a circle
        var ordered = batches.stream()
                .sorted(Comparator.comparing(StoredBatch::device).thenComparing(StoredBatch::stream)).toList();
        return connections.write(sql -> {
            var acks = new HashMap<String, Ack>();
            for (var batch : ordered) {
                long upTo = cover(sql, batch);
                acks.put(batch.device() + "/" + batch.stream(),
                        new Ack(batch.device(), batch.stream(), batch.runId(), upTo));
            }
            insert(sql, ordered, now.toEpochMilli());
            return List.copyOf(acks.values());
        });
    }

    /** Records of a device, the newest first. */
    public List<TelemetryRow> newest(String device, int most) {
        return connections.read(sql -> sql.all(
                row -> new TelemetryRow(row.getString("device"), row.getString("stream"), row.getString("boot_id"),
                        row.getLong("seq"), Times.of(row, "time_ms"), row.getString("record")),
                """
                        SELECT device, stream, boot_id, seq, time_ms, record FROM telemetry WHERE device = ?
                        ORDER BY received_ms DESC, seq DESC LIMIT ?""", device, most));
    }

    /** How many records there are, by device. */
    public Map<String, Long> counts() {
        var counts = new HashMap<String, Long>();
        connections.read(sql -> sql.all(row -> counts.put(row.getString(1), row.getLong(2)),
                "SELECT device, COUNT(*) FROM telemetry GROUP BY device"));
        return counts;
    }

    /** Sequences devices gave up, by device. */
    public Map<String, Long> gaps() {
        var gaps = new HashMap<String, Long>();
        connections.read(sql -> sql.all(row -> gaps.put(row.getString(1), row.getLong(2)),
                "SELECT device, SUM(to_seq - from_seq + 1) FROM gaps GROUP BY device"));
        return gaps;
    }

    /**
     * Deletes some of what arrived before a moment, a few thousand records at a time, so that nobody waits long.
     *
     * @return how many; 0 when there are no more
     */
    public int prune(Instant before) {
        return connections.write(sql -> sql.update("""
                DELETE FROM telemetry WHERE (device, stream, boot_id, seq) IN (SELECT device, stream, boot_id, seq
                FROM telemetry WHERE received_ms < ? ORDER BY received_ms LIMIT ?)""", before.toEpochMilli(),
                PRUNE_ROWS));
    }

    private static long cover(Statements sql, StoredBatch batch) throws SQLException {
        sql.update("""
                INSERT INTO telemetry_acks (device, stream, run_id, up_to, islands) VALUES (?, ?, '', -1, '')
                ON CONFLICT (device, stream) DO UPDATE SET run_id = telemetry_acks.run_id""", batch.device(),
                batch.stream());
        var before = sql.one(row -> Coverage.of(row.getString(1), row.getLong(2), row.getString(3)),
                "SELECT run_id, up_to, islands FROM telemetry_acks WHERE device = ? AND stream = ?", batch.device(),
                batch.stream()).orElseThrow();
        var after = before.with(batch);
        sql.update("UPDATE telemetry_acks SET run_id = ?, up_to = ?, islands = ? WHERE device = ? AND stream = ?",
                after.runId(), after.upTo(), after.islandText(), batch.device(), batch.stream());
        return after.upTo();
    }

    private static void insert(Statements sql, List<StoredBatch> batches, long now) throws SQLException {
        var rows = batches.stream().flatMap(batch -> IntStream.range(0, batch.entries().size())
                .mapToObj(i -> row(batch, i, now))).toList();
        sql.batch("""
                INSERT INTO telemetry (device, stream, boot_id, seq, time_ms, received_ms, quarantined, record)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, stream, boot_id, seq) DO NOTHING""", rows);
        var gaps = new ArrayList<Object[]>();
        for (var batch : batches) {
            batch.gaps().forEach(gap -> gaps.add(new Object[]{batch.device(), batch.stream(), batch.bootId(),
                    gap.from(), gap.to(), gap.reason(), now}));
        }
        sql.batch("""
                INSERT INTO gaps (device, stream, boot_id, from_seq, to_seq, reason, noted_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, stream, boot_id, from_seq) DO NOTHING""", gaps);
    }

    private static Object[] row(StoredBatch batch, int index, long now) {
        var entry = batch.entries().get(index);
        return new Object[]{batch.device(), batch.stream(), batch.bootId(), batch.first() + index, entry.timeMillis(),
                now, batch.quarantined() ? 1 : 0, entry.json()};
    }
}
