package dev.outpost.runtime.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A record on disk, little-endian:
 *
 * <pre>
 *  0  length of the payload, u32, at most {@link #MOST_PAYLOAD}
 *  4  CRC32C of everything from offset 8, u32
 *  8  sequence, u64
 * 16  Unix milliseconds, u64
 * 24  payload
 * </pre>
 */
final class RecordFrame {

    static final int HEAD = 24;
    static final int MOST_PAYLOAD = 1 << 20;

    private RecordFrame() {}

    static ByteBuffer write(long sequence, long timeMillis, byte[] payload) {
        var frame = ByteBuffer.allocate(HEAD + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(0, payload.length).putLong(8, sequence).putLong(16, timeMillis).put(HEAD, payload);
        return frame.putInt(4, checksum(frame, 0, payload.length));
    }

    /** Length of the whole frame at {@code at}, or -1 where no intact frame with that sequence begins there. */
    static int intact(ByteBuffer segment, int at, long sequence) {
        if (segment.limit() - at < HEAD) {
            return -1;
        }
        int length = segment.getInt(at);
        if (length < 0 || length > MOST_PAYLOAD || segment.limit() - at - HEAD < length) {
            return -1;
        }
        boolean right = segment.getLong(at + 8) == sequence
                && segment.getInt(at + 4) == checksum(segment, at, length);
        return right ? HEAD + length : -1;
    }

    static JournalRecord read(ByteBuffer segment, int at, long boot) {
        var payload = new byte[segment.getInt(at)];
        segment.get(at + HEAD, payload);
        return new JournalRecord(boot, segment.getLong(at + 8), segment.getLong(at + 16), payload);
    }

    private static int checksum(ByteBuffer segment, int at, int payload) {
        var crc = new CRC32C();
        crc.update(segment.slice(at + 8, HEAD - 8 + payload));
        return (int) crc.getValue();
    }
}
