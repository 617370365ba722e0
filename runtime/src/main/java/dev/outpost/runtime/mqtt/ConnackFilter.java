package dev.outpost.runtime.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Reads the properties of a CONNACK (MQTT 5.0 section 3.2.2.3) and takes Topic Alias Maximum out: Paho would resend
 * with an alias the next connection does not know, and be cut off for ever.
 */
record ConnackFilter(byte[] body, int reason, int receiveMaximum, long maximumPacket) {

    private static final int RECEIVE_MAXIMUM = 0x21;
    private static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    private static final int MAXIMUM_PACKET = 0x27;

    /** @param body of the CONNACK, after its fixed header: flags, reason, property length, properties */
    static ConnackFilter read(byte[] body) throws IOException {
        if (body.length < 3) {
            throw new IOException("CONNACK is too short: bytes=" + body.length);
        }
        int[] length = VariableInteger.read(body, 2);
        int at = length[1];
        int end = at + length[0];
        if (end != body.length) {
            throw new IOException("CONNACK properties do not end with the packet: expected=" + body.length + ", found="
                    + end);
        }
        var kept = new ByteArrayOutputStream();
        int receiveMaximum = 65_535;
        long maximumPacket = 268_435_460L;
        while (at < end) {
            int next = skip(body, at, end);
            int property = body[at];
            if (property == RECEIVE_MAXIMUM) {
                receiveMaximum = (body[at + 1] & 255) << 8 | body[at + 2] & 255;
            }
            if (property == MAXIMUM_PACKET) {
                maximumPacket = number(body, at + 1);
            }
            if (property != TOPIC_ALIAS_MAXIMUM) {
                kept.write(body, at, next - at);
            }
            at = next;
        }
        var rewritten = new ByteArrayOutputStream();
        rewritten.write(body, 0, 2);
        rewritten.writeBytes(VariableInteger.write(kept.size()));
        rewritten.writeBytes(kept.toByteArray());
        return new ConnackFilter(rewritten.toByteArray(), body[1] & 255, receiveMaximum, maximumPacket);
    }

    private static long number(byte[] body, int at) {
        return (body[at] & 255L) << 24 | (body[at + 1] & 255) << 16 | (body[at + 2] & 255) << 8 | body[at + 3] & 255;
    }

    /** Where the property at {@code at} ends. */
    private static int skip(byte[] body, int at, int end) throws IOException {
        int next = switch (body[at]) {
            case 0x24, 0x25, 0x28, 0x29, 0x2A -> at + 2;
            case 0x13, RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM -> at + 3;
            case 0x11, MAXIMUM_PACKET -> at + 5;
            case 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F -> text(body, at + 1, end);
            case 0x26 -> text(body, text(body, at + 1, end), end);
            default -> throw new IOException("CONNACK has an unknown property: id=" + body[at]);
        };
        if (next > end) {
            throw new IOException("CONNACK property ends past the packet: id=" + body[at]);
        }
        return next;
    }

    private static int text(byte[] body, int at, int end) throws IOException {
        if (at + 2 > end) {
            throw new IOException("CONNACK text ends past the packet");
        }
        return at + 2 + ((body[at] & 255) << 8 | body[at + 1] & 255);
    }
}
