package dev.outpost.runtime.fleet.hub.database;

import java.util.List;

/**
 * Records of one stream of one device, as they came in one message.
 *
 * @param stream {@code alarm}, {@code event}, {@code metric} or {@code log}
 * @param runId run of the device that sent them, 16 hexadecimal digits
 * @param bootId run of the device that wrote them
 * @param oldest oldest sequence that run can still send; what is below was acknowledged or given up
 * @param after the device has nothing between this sequence and {@code first}
 * @param first sequence of the first record; the others follow by one
 * @param quarantined two machines seem to share this identity
 */
public record StoredBatch(String device, String stream, String runId, String bootId, long oldest, long after,
        long first, List<Entry> entries, List<Gap> gaps, boolean quarantined) {

    /** Copies the lists. */
    public StoredBatch {
        entries = List.copyOf(entries);
        gaps = List.copyOf(gaps);
    }

    /**
     * One record.
     *
     * @param timeMillis the device's clock, Unix milliseconds
     * @param json the record's text
     */
    public record Entry(long timeMillis, String json) {}

    /** Sequences the device gave up, both inclusive. */
    public record Gap(long from, long to, String reason) {}

    /** Sequence of the last record. */
    public long last() {
        return first + entries.size() - 1;
    }
}
