package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.journal.JournalException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Puts what happens into the spool, whatever happens to the spool: a disk that fails is said once and costs records, never
 * an answer. Any thread.
 */
public final class TelemetryRecords {
    private static final Logger LOG = System.getLogger(TelemetryRecords.class.getName());
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final int MESSAGE = 2_000;

    private final TelemetrySpool spool;
    private final int logsPerMinute;
    private final AtomicLong minute = new AtomicLong(System.nanoTime());
    private final AtomicInteger logs = new AtomicInteger();
    private final AtomicInteger suppressed = new AtomicInteger();
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile Runnable wake = () -> {};

    /** @param logsPerMinute most log records of a minute */
    public TelemetryRecords(TelemetrySpool spool, int logsPerMinute) {
        this.spool = spool;
        this.logsPerMinute = logsPerMinute;
    }

    void wakes(Runnable uplink) {
        wake = uplink;
    }

    /** Something somebody must see. */
    public void alarm(String kind, JsonObject record) {
        keep(RecordClass.ALARM, record.with("kind", kind));
        wake.run();
    }

    /** Something happened. */
    public void event(String kind, JsonObject record) {
        keep(RecordClass.EVENT, record.with("kind", kind));
    }

    /** Figures of an interval. */
    public void metrics(JsonObject record) {
        keep(RecordClass.METRIC, record.with("kind", "metrics"));
    }

    /** A line of the log; beyond the bound it is only counted, and the next one says how many are missing. */
    public void log(String level, String room, String message) {
        long now = System.nanoTime();
        long began = minute.get();
        if (now - began > MINUTE_NANOS && minute.compareAndSet(began, now)) {
            logs.set(0);
        }
        if (logs.incrementAndGet() > logsPerMinute) {
            suppressed.incrementAndGet();
            return;
        }
        keep(RecordClass.LOG, JsonObject.of(Map.of()).with("kind", "log").with("level", level).with("room", room)
                .with("message", message.substring(0, Math.min(MESSAGE, message.length())))
                .with("suppressed", suppressed.getAndSet(0)));
    }

    private void keep(RecordClass kind, JsonObject record) {
        try {
            spool.accept(kind, record);
        } catch (JournalException e) {
            if (failed.compareAndSet(false, true)) {
                LOG.log(Level.ERROR, "telemetry cannot be kept, records are lost: stream=" + kind.stream(), e);
            }
        }
    }
}
