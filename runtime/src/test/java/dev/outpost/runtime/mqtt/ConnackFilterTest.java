package dev.outpost.runtime.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnackFilterTest {

    @Test
    void takesTheTopicAliasMaximumOutAndReadsTheLimits() throws IOException {
        var connack = ConnackFilter.read(bytes(0, 0, 11, 0x21, 0, 10, 0x22, 0, 5, 0x27, 0, 4, 0, 0));
        assertArrayEquals(bytes(0, 0, 8, 0x21, 0, 10, 0x27, 0, 4, 0, 0), connack.body());
        assertEquals(10, connack.receiveMaximum());
        assertEquals(262_144, connack.maximumPacket());
        assertEquals(0, connack.reason());
    }

    @Test
    void keepsTextsAndPairs() throws IOException {
        var body = bytes(1, 0x87, 14, 0x1F, 0, 2, 'n', 'o', 0x26, 0, 1, 'a', 0, 2, 'b', 'c', 0x25, 1);
        body[2] = (byte) (body.length - 3);
        var connack = ConnackFilter.read(body);
        assertArrayEquals(body, connack.body());
        assertEquals(0x87, connack.reason());
    }

    @Test
    void refusesEveryTruncationAndAnyBytesWithAnIoExceptionAlone() {
        var random = new Random(7);
        for (int round = 0; round < 50_000; round++) {
            var body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            if (body.length > 2) {
                body[2] = (byte) (body.length - 3);
            }
            try {
                var connack = ConnackFilter.read(body);
                assertEquals(body[1] & 255, connack.reason());
            } catch (IOException expected) {
                // refused, as it should be
            }
        }
        assertThrows(IOException.class, () -> ConnackFilter.read(bytes(0, 0, 3, 0x1F, 0, 9)));
    }

    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
