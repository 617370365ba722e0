package dev.outpost.runtime.journal;

/**
 * How one log uses its disk.
 *
 * @param segmentBytes size at which a segment is closed; also the step in which space is freed
 * @param groupBytes unsynced bytes after which an append syncs
 * @param groupMillis age of the oldest unsynced record after which {@link SegmentLog#syncIfDue()} syncs
 */
public record JournalSettings(int segmentBytes, int groupBytes, long groupMillis) {

    /** 4 MiB segments; a group is 64 KiB or 200 ms. */
    public static final JournalSettings DEFAULT = new JournalSettings(4 << 20, 64 << 10, 200);

    public JournalSettings {
        int least = Segment.HEAD + RecordFrame.HEAD + 1;
        if (segmentBytes < least || groupBytes < 1 || groupMillis < 0) {
            throw new IllegalArgumentException("journal settings out of range: expected segmentBytes >= " + least
                    + ", groupBytes >= 1, groupMillis >= 0, found=" + segmentBytes + ", " + groupBytes + ", "
                    + groupMillis);
        }
    }
}
