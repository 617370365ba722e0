package dev.outpost.provisioning.activate;

import dev.outpost.provisioning.store.ContentDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What one slot says. On disk, little-endian, 52 bytes, which no sector boundary divides: {@code "OSL1" | state u8 |
 * tries u8 | 0 u16 | generation u64 | SHA-256 32 bytes | CRC32C u32}.
 *
 * @param digest the model's file
 * @param generation the slot with the highest valid one counts
 * @param tries starts since the last good one
 * @param state whether it has proven itself
 */
public record Slot(ContentDigest digest, long generation, int tries, State state) {
    static final int BYTES = 52;
    private static final int MAGIC = 0x314C534F;

    /** Whether a model has proven itself. */
    public enum State {
        /** Passed its gate, still on trial. */
        TRIAL,
        /** Proven. */
        GOOD
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).put((byte) state.ordinal()).put((byte) tries).putShort((short) 0).putLong(generation)
                .put(digest.bytes());
        out.putInt(crc(out.array()));
        return out.array();
    }

    /** Reads a slot; empty when it is not one, whatever happened to it. */
    static Optional<Slot> decode(byte[] bytes) {
        if (bytes.length != BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int state = bytes[4];
        boolean valid = in.getInt(0) == MAGIC && in.getInt(BYTES - 4) == crc(bytes) && state >= 0
                && state < State.values().length;
        if (!valid) {
            return Optional.empty();
        }
        byte[] digest = new byte[ContentDigest.BYTES];
        in.get(16, digest);
        return Optional.of(new Slot(ContentDigest.ofBytes(digest), in.getLong(8), bytes[5], State.values()[state]));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, BYTES - 4);
        return (int) crc.getValue();
    }
}
