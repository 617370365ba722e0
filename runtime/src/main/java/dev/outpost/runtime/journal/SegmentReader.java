package dev.outpost.runtime.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads records in order. Remembers where the last read ended, so that draining a segment scans it once. */
final class SegmentReader {

    private static final int WINDOW = 256 << 10;

    private final JournalFiles files;
    private String segment = "";
    private long sequence;
    private long offset;

    SegmentReader(JournalFiles files) {
        this.files = files;
    }

    List<JournalRecord> read(List<Segment> segments, long from, int mostBytes) throws IOException {
        var records = new ArrayList<JournalRecord>();
        int taken = 0;
        for (int i = 0; i < segments.size() && taken < mostBytes; i++) {
            boolean passed = i + 1 < segments.size() && segments.get(i + 1).first() <= from;
            if (!passed) {
                taken = read(segments.get(i), from, mostBytes, taken, records);
            }
        }
        return records;
    }

    private int read(Segment source, long from, int mostBytes, int before, List<JournalRecord> records)
            throws IOException {
        if (!source.name().equals(segment) || sequence > from) {
            segment = source.name();
            sequence = source.first();
            offset = Segment.HEAD;
        }
        int taken = before;
        while (offset < source.bytes()) {
            var window = window(source);
            int at = 0;
            for (int frame; (frame = RecordFrame.intact(window, at, sequence)) > 0; at += frame) {
                if (sequence >= from) {
                    var record = RecordFrame.read(window, at, source.boot());
                    if (!records.isEmpty() && taken + record.payload().length > mostBytes) {
                        offset += at;
                        return mostBytes;
                    }
                    records.add(record);
                    taken += record.payload().length;
                }
                sequence++;
            }
            if (at == 0) {
                throw new IOException("record is damaged: segment=" + segment + ", offset=" + offset);
            }
            offset += at;
        }
        return taken;
    }

    /** The bytes from {@code offset} on: a window, grown where one record alone is longer. */
    private ByteBuffer window(Segment source) throws IOException {
        long rest = source.bytes() - offset;
        int size = (int) Math.min(rest, WINDOW);
        var window = fill(source, size);
        if (size >= RecordFrame.HEAD && size < rest) {
            long first = (long) RecordFrame.HEAD + Math.clamp(window.getInt(0), 0, RecordFrame.MOST_PAYLOAD);
            if (first > size) {
                return fill(source, (int) Math.min(rest, first));
            }
        }
        return window;
    }

    private ByteBuffer fill(Segment source, int size) throws IOException {
        var window = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        files.read(source.name(), offset, window);
        return window.flip();
    }
}
