package dev.outpost.provisioning.identity;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Writes the few DER forms (ITU-T X.690) that certificate requests, certificates and revocation lists are made of; each
 * method returns one whole element.
 */
public final class DerWriter {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int CONTEXT_CONSTRUCTED = 0xA0;

    private DerWriter() {}

    /** A sequence. */
    public static byte[] sequence(byte[]... elements) {
        return element(SEQUENCE, join(elements));
    }

    /** A set of one element, or of several that the caller has sorted. */
    public static byte[] set(byte[]... elements) {
        return element(SET, join(elements));
    }

    /** A constructed element of a context-specific tag. */
    public static byte[] context(int number, byte[]... elements) {
        return element(CONTEXT_CONSTRUCTED | number, join(elements));
    }

    /** A whole number. */
    public static byte[] integer(long value) {
        return integer(BigInteger.valueOf(value));
    }

    /** A whole number of any length. */
    public static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    /** Whole bytes as a bit string. */
    public static byte[] bitString(byte[] bytes) {
        byte[] content = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, content, 1, bytes.length);
        return element(BIT_STRING, content);
    }

    /** A UTF-8 string. */
    public static byte[] utf8(String text) {
        return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A printable string; the caller vouches for its characters. */
    public static byte[] printable(String text) {
        return element(PRINTABLE_STRING, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** An object identifier in dotted form, such as {@code 2.5.4.3}. */
    public static byte[] objectIdentifier(String dotted) {
        String[] parts = dotted.split("\\.");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        base128(out, Long.parseLong(parts[0]) * 40 + Long.parseLong(parts[1]));
        for (int i = 2; i < parts.length; i++) {
            base128(out, Long.parseLong(parts[i]));
        }
        return element(OBJECT_IDENTIFIER, out.toByteArray());
    }

    /** Any element. */
    public static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int from = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - from);
            out.write(length, from, length.length - from);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static void base128(ByteArrayOutputStream out, long value) {
        for (int shift = 63 / 7 * 7; shift > 0; shift -= 7) {
            if (value >>> shift != 0) {
                out.write((int) (value >>> shift & 0x7F | 0x80));
            }
        }
        out.write((int) (value & 0x7F));
    }

    private static byte[] join(byte[]... elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] element : elements) {
            out.writeBytes(element);
        }
        return out.toByteArray();
    }
}
