package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.journal.DiskCap;
import dev.outpost.runtime.journal.JournalRecord;
import dev.outpost.runtime.journal.SegmentLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Telemetry on disk until the fleet itself, not a broker, acknowledged it. One segment log per class.
 *
 * <p>A record is accepted when {@link #accept} returns: a killed process loses none. Alarms are synced before it
 * returns, the rest in groups. When the disk cap is reached the oldest segment of the least important class goes, and
 * a record in that stream says which sequences are missing. Any thread.
 */
public final class TelemetrySpool implements AutoCloseable {

    private final Map<RecordClass, SegmentLog> logs = new EnumMap<>(RecordClass.class);
    private final List<DiskCap> caps;
    private final long boot;

    /**
     * Opens or creates the spool.
     *
     * @param boot names this run; part of every record's identity
     */
    public static TelemetrySpool open(Path directory, SpoolSettings settings, long boot, InstantSource clock) {
        return new TelemetrySpool(directory, settings, boot, clock);
    }

    private TelemetrySpool(Path directory, SpoolSettings settings, long boot, InstantSource clock) {
        this.boot = boot;
        for (var kind : RecordClass.values()) {
            logs.put(kind, SegmentLog.open(directory.resolve(kind.stream()), settings.journal(), boot, clock));
        }
        var everything = RecordClass.leastImportantFirst().stream().map(logs::get).toList();
        long unreserved = (long) (settings.capBytes() * (1 - settings.alarmShare()));
        caps = List.of(new DiskCap(unreserved, everything.subList(0, everything.size() - 1)),
                new DiskCap(settings.capBytes(), everything));
    }

    /**
     * Keeps a record.
     *
     * @param record any JSON object; it needs no identity of its own
     * @return its sequence in the stream of its class
     * @throws dev.outpost.runtime.journal.JournalException if it could not be kept
     */
    public long accept(RecordClass kind, JsonObject record) {
        var log = logs.get(kind);
        long sequence = log.append(JsonWriter.text(record).getBytes(StandardCharsets.UTF_8));
        if (kind == RecordClass.ALARM) {
            log.sync();
        }
        enforceCaps();
        return sequence;
    }

    /** Names this run. */
    public long boot() {
        return boot;
    }

    /** Records from {@code from} on, in order; empty when there are none. */
    public List<JournalRecord> read(RecordClass kind, long from, int mostBytes) {
        return logs.get(kind).read(from, mostBytes);
    }

    /** The fleet has everything up to and including {@code upTo}; frees whole segments. */
    public void acknowledge(RecordClass kind, long upTo) {
        logs.get(kind).acknowledge(upTo);
    }

    /** The group commit; to be called every few milliseconds while records come in. */
    public void syncIfDue() {
        logs.values().forEach(SegmentLog::syncIfDue);
    }

    /** What waits, by class. */
    public Map<RecordClass, Backlog> backlog() {
        var backlog = new EnumMap<RecordClass, Backlog>(RecordClass.class);
        logs.forEach((kind, log) -> backlog.put(kind, new Backlog(log.first(), Math.max(log.first(),
                log.acknowledged() + 1), log.next(), log.bytes())));
        return Collections.unmodifiableMap(backlog);
    }

    @Override
    public void close() {
        logs.values().forEach(SegmentLog::close);
    }

    private synchronized void enforceCaps() {
        for (var cap : caps) {
            for (Optional<DiskCap.Dropped> dropped; (dropped = cap.enforce()).isPresent();) {
                noteGap(dropped.get());
            }
        }
    }

    private static void noteGap(DiskCap.Dropped dropped) {
        var gap = new JsonObject(new TreeMap<>()).with("kind", "gap").with("from", dropped.gap().from())
                .with("to", dropped.gap().to()).with("reason", "disk_cap");
        dropped.log().append(JsonWriter.text(gap).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * One class's state.
     *
     * @param first oldest sequence on disk
     * @param unacknowledged oldest sequence the fleet has not acknowledged
     * @param next sequence the next record gets
     * @param bytes on disk
     */
    public record Backlog(long first, long unacknowledged, long next, long bytes) {

        /** Records that wait for an acknowledgement. */
        public long waiting() {
            return next - unacknowledged;
        }
    }
}
