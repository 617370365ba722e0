package dev.outpost.runtime.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * One file of a log: a head, then {@link RecordFrame}s with sequences counting up from {@code first}.
 *
 * <pre>
 *  0  magic "OPSEG001"
 *  8  boot of the writer, u64; a new run starts a new segment, so a sequence that was lost with a torn tail and is
 *     used again belongs to another boot
 * 16  first sequence, u64
 * 24  CRC32C of the 24 bytes before, u32 | reserved, u32
 * 32  frames
 * </pre>
 *
 * The name is the first sequence in 16 hex digits and {@code .seg}, so that names sort in order.
 */
record Segment(String name, long boot, long first, long bytes) {

    static final int HEAD = 32;
    static final String SUFFIX = ".seg";

    private static final long MAGIC = 0x3130304745_53504fL;

    static String name(long first) {
        return String.format("%016x", first) + SUFFIX;
    }

    static ByteBuffer head(long boot, long first) {
        var head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(0, MAGIC).putLong(8, boot).putLong(16, first);
        return head.putInt(24, checksum(head));
    }

    /** Reads the head of a file; a file that was cut before its head was whole is no segment. */
    static OptionalLong boot(JournalFiles files, String name) throws IOException {
        var head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        files.read(name, 0, head);
        boolean whole = !head.hasRemaining() && head.getLong(0) == MAGIC && head.getInt(24) == checksum(head)
                && name(head.getLong(16)).equals(name);
        return whole ? OptionalLong.of(head.getLong(8)) : OptionalLong.empty();
    }

    static long first(String name) {
        return Long.parseUnsignedLong(name.substring(0, name.length() - SUFFIX.length()), 16);
    }

    Segment grown(int frame) {
        return new Segment(name, boot, first, bytes + frame);
    }

    private static int checksum(ByteBuffer head) {
        var crc = new CRC32C();
        crc.update(head.slice(0, 24));
        return (int) crc.getValue();
    }
}
