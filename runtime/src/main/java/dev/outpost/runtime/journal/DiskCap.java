package dev.outpost.runtime.journal;

import java.util.List;
import java.util.Optional;

/**
 * A hard bound on what several logs may hold together. The least important one gives up its oldest segment first; the
 * bound is exceeded by at most the segment being written.
 *
 * @param capBytes for all logs together
 * @param logs the least important first
 */
public record DiskCap(long capBytes, List<SegmentLog> logs) {

    public DiskCap {
        logs = List.copyOf(logs);
    }

    /** What was given up. */
    public record Dropped(SegmentLog log, SegmentLog.Gap gap) {}

    /** Drops one segment if the logs hold more than the cap; to be called until it returns empty. */
    public Optional<Dropped> enforce() {
        if (logs.stream().mapToLong(SegmentLog::bytes).sum() <= capBytes) {
            return Optional.empty();
        }
        for (SegmentLog log : logs) {
            var gap = log.dropOldest();
            if (gap.isPresent()) {
                return gap.map(range -> new Dropped(log, range));
            }
        }
        return Optional.empty();
    }
}
