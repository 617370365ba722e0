package dev.outpost.runtime.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * How far a log was acknowledged, in two 64-byte files written in turn: a torn write leaves the other one.
 *
 * <pre>
 *  0  generation, u64      the higher valid one counts
 *  8  acknowledged up to and including this sequence, u64
 * 16  next sequence when it was written, u64
 * 24  CRC32C of the 24 bytes before, u32; the rest is zero
 * </pre>
 */
final class AckCursor {

    private static final int SIZE = 64;
    private static final String[] NAMES = {"cursor.a", "cursor.b"};

    private final JournalFiles files;
    private long generation;
    private long acknowledged = -1;
    private long next;

    AckCursor(JournalFiles files) throws IOException {
        this.files = files;
        var present = files.names();
        for (String name : NAMES) {
            if (present.contains(name)) {
                read(name);
            }
        }
    }

    /** Highest acknowledged sequence, -1 before the first. */
    long acknowledged() {
        return acknowledged;
    }

    /** A sequence no record before the last write of this cursor reached. */
    long next() {
        return next;
    }

    void write(long acknowledged, long next) throws IOException {
        var cursor = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        cursor.putLong(0, generation + 1).putLong(8, acknowledged).putLong(16, next);
        cursor.putInt(24, checksum(cursor));
        boolean created = generation < NAMES.length;
        files.write(NAMES[(int) (generation % NAMES.length)], cursor);
        if (created) {
            files.syncDirectory();
        }
        generation++;
        this.acknowledged = acknowledged;
        this.next = next;
    }

    private void read(String name) throws IOException {
        var cursor = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        files.read(name, 0, cursor);
        boolean valid = !cursor.hasRemaining() && cursor.getInt(24) == checksum(cursor);
        if (valid && cursor.getLong(0) > generation) {
            generation = cursor.getLong(0);
            acknowledged = cursor.getLong(8);
            next = cursor.getLong(16);
        }
    }

    private static int checksum(ByteBuffer cursor) {
        var crc = new CRC32C();
        crc.update(cursor.slice(0, 24));
        return (int) crc.getValue();
    }
}
