package dev.outpost.runtime.fleet.carrier;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One chunk on {@code …/xfer/{digest12}/chunk}; all numbers big-endian.
 *
 * <pre>
 *  0 version u8 = 1 | 1 flags u8 | 2 transfer u16 | 4 epoch u32 | 8 block u32 | 12 offset u32
 * 16 length u32     | 20 CRC32C of the bytes u32  | 24 bytes
 * </pre>
 *
 * The address is a place in the file: {@code offset} bytes into {@code block}. A chunk may run on into the blocks that
 * follow, so that short tensors do not cost a message each.
 *
 * @param flags {@link #ABSENT} or 0; others are ignored
 * @param transfer the asker's number for what it fetches, 16 bits
 * @param epoch the asker's session; chunks of another one are late
 * @param content the bytes; borrowed from the message
 */
record ChunkFrame(int flags, int transfer, int epoch, int block, int offset, ByteBuffer content) {
    static final int HEADER = 24;
    static final int VERSION = 1;
    /** The answering side does not have these bytes; the content is empty. */
    static final int ABSENT = 1;
    /** Longest content of a chunk. */
    static final int MOST_BYTES = 128 << 10;

    /** Reads a message; empty when it is no chunk or its bytes were changed on the way. */
    static Optional<ChunkFrame> of(byte[] message) {
        if (message.length < HEADER || message[0] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(message);
        int length = in.getInt(16);
        if (length != message.length - HEADER || length > MOST_BYTES || in.getInt(8) < 0 || in.getInt(12) < 0
                || in.getInt(20) != checksum(message)) {
            return Optional.empty();
        }
        return Optional.of(new ChunkFrame(message[1], in.getShort(2) & 0xFFFF, in.getInt(4), in.getInt(8),
                in.getInt(12), in.slice(HEADER, length)));
    }

    /** Writes the header before content that already stands at {@link #HEADER}; fills {@code message} to its end. */
    static void seal(byte[] message, int flags, int transfer, int epoch, int block, int offset) {
        ByteBuffer.wrap(message).put((byte) VERSION).put((byte) flags).putShort((short) transfer).putInt(epoch)
                .putInt(block).putInt(offset).putInt(message.length - HEADER).putInt(checksum(message));
    }

    private static int checksum(byte[] message) {
        var crc = new CRC32C();
        crc.update(message, HEADER, message.length - HEADER);
        return (int) crc.getValue();
    }
}
