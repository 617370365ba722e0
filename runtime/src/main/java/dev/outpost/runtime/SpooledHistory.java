package dev.outpost.runtime;

import dev.outpost.runtime.journal.DiskCap;
import dev.outpost.runtime.journal.JournalException;
import dev.outpost.runtime.journal.JournalRecord;
import dev.outpost.runtime.journal.JournalSettings;
import dev.outpost.runtime.journal.SegmentLog;
import dev.outpost.runtime.sparkplug.History;
import dev.outpost.runtime.sparkplug.SparkplugException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The edge node's history on disk, at most 8 MiB and a segment: it outlives the process. A disk that fails is said once
 * and costs history, nothing else; what must not be lost is in the telemetry spool. One thread, the edge node's.
 */
final class SpooledHistory implements History, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SpooledHistory.class.getName());
    private static final int SEGMENT = 512 << 10;
    private static final long CAP = 8 << 20;
    private static final int READ = 256 << 10;

    private final SegmentLog log;
    private final DiskCap cap;
    private List<JournalRecord> shown = List.of();
    private boolean failed;

    private SpooledHistory(SegmentLog log, long capBytes) {
        this.log = log;
        this.cap = new DiskCap(capBytes, List.of(log));
    }

    static SpooledHistory open(Path directory) {
        return open(directory, SEGMENT, CAP);
    }

    static SpooledHistory open(Path directory, int segmentBytes, long capBytes) {
        return new SpooledHistory(SegmentLog.open(directory, new JournalSettings(segmentBytes, 64 << 10, 1_000),
                new SecureRandom().nextLong(), InstantSource.system()), capBytes);
    }

    @Override
    public void add(Past past) {
        try {
            log.append(past.encode());
            while (cap.enforce().isPresent()) {
                // the oldest goes, a segment at a time
            }
        } catch (JournalException e) {
            fault(e);
        }
    }

    @Override
    public List<Past> oldest(int most) {
        try {
            shown = log.read(log.acknowledged() + 1, READ).stream().limit(most).toList();
            List<Past> past = new ArrayList<>();
            for (var record : shown) {
                past.add(read(record));
            }
            return past;
        } catch (JournalException e) {
            fault(e);
            return List.of();
        }
    }

    @Override
    public void forget(int count) {
        try {
            if (count > 0 && count <= shown.size()) {
                log.acknowledge(shown.get(count - 1).sequence());
            }
        } catch (JournalException e) {
            fault(e);
        }
    }

    @Override
    public void close() {
        try {
            log.close();
        } catch (JournalException e) {
            fault(e);
        }
    }

    /** What another version wrote otherwise is nothing to tell. */
    private static Past read(JournalRecord record) {
        try {
            return Past.of(record.payload());
        } catch (SparkplugException e) {
            return new Past(java.util.Optional.empty(), List.of());
        }
    }

    private void fault(JournalException cause) {
        if (!failed) {
            failed = true;
            LOG.log(Level.WARNING, "Sparkplug history is not kept", cause);
        }
    }
}
