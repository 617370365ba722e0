package dev.outpost.runtime.mqtt;

import java.io.IOException;

/** Variable byte integer, MQTT 5.0 section 1.5.5: seven bits a byte, low ones first, at most four bytes. */
final class VariableInteger {

    private VariableInteger() {}

    /** @return value and offset after it */
    static int[] read(byte[] source, int at) throws IOException {
        int value = 0;
        for (int i = 0; i < 4 && at + i < source.length; i++) {
            value |= (source[at + i] & 127) << 7 * i;
            if (source[at + i] >= 0) {
                return new int[]{value, at + i + 1};
            }
        }
        throw new IOException("variable byte integer is malformed: offset=" + at);
    }

    static byte[] write(int value) {
        var bytes = new byte[value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (value >> 7 * i & 127 | (i + 1 < bytes.length ? 128 : 0));
        }
        return bytes;
    }
}
