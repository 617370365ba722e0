package dev.outpost.provisioning.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GgufLayoutTest {
    private final byte[] good = new TinyGguf("template", 4, 500).bytes();

    @Test
    void refusesEveryTruncationOfTheHeader() {
        long dataStart = GgufLayout.scan(TinyGguf.source(good)).orElseThrow().dataStart();
        for (int length = 24; length < dataStart; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertEquals(Refusal.MALFORMED_GGUF,
                    assertThrows(RefusedException.class, () -> GgufLayout.scan(TinyGguf.source(cut))).code(),
                    "length=" + length);
        }
    }

    @Test
    void refusesCountsAndLengthsBeyondTheirLimits() {
        refusesLong(8, 16_385);
        refusesLong(8, -1);
        refusesLong(16, 4_097);
        refusesLong(16, Long.MIN_VALUE);
        refusesLong(24, 65_536); // key length
        refusesLong(24, -8);
        refusesInt(4, 1); // version
        refusesInt(24 + 8 + 17, 99); // value type of general.alignment: not a u32
        refusesInt(24 + 8 + 17 + 4, 24); // alignment: not a power of two
    }

    @Test
    void refusesTensorOffsetsPastTheFileOrOffTheGrid() {
        int lastOffset = (int) GgufLayout.scan(TinyGguf.source(good)).orElseThrow().dataStart();
        int at = lastOffset - 8;
        while (ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(at) != 1600) {
            at--;
        }
        refusesLong(at, 1L << 40);
        refusesLong(at, 33);
        refusesLong(at, -32);
        refusesLong(at, 0); // where the first tensor starts
    }

    @Test
    void anyFlippedByteIsRefusedOrStillCoversTheFile() {
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] changed = good.clone();
            changed[random.nextInt(400)] = (byte) random.nextInt();
            try {
                BlockList blocks = BlockList.cut(TinyGguf.source(changed), new BlockSizes(64, 256)).blocks();
                assertEquals(changed.length, blocks.fileBytes());
            } catch (RefusedException e) {
                refused++;
            }
        }
        assertTrue(refused > 100, "refused=" + refused);
    }

    private void refusesLong(int at, long value) {
        byte[] bad = good.clone();
        ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        assertEquals(Refusal.MALFORMED_GGUF,
                assertThrows(RefusedException.class, () -> GgufLayout.scan(TinyGguf.source(bad))).code());
    }

    private void refusesInt(int at, int value) {
        byte[] bad = good.clone();
        ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        assertEquals(Refusal.MALFORMED_GGUF,
                assertThrows(RefusedException.class, () -> GgufLayout.scan(TinyGguf.source(bad))).code());
    }
}
