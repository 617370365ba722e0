package dev.outpost.runtime.fleet.hub;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads DER (ITU-T X.690) element by element, strictly: one-byte tags, shortest definite lengths, nothing behind the last
 * element. Bounded by the array it reads; keeps the raw bytes of what a signature is over.
 */
final class DerReader {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int UTF8_STRING = 0x0C;
    static final int PRINTABLE_STRING = 0x13;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    static final int CONTEXT_0 = 0xA0;

    private final byte[] bytes;
    private final int end;
    private int at;

    private DerReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    static DerReader of(byte[] bytes) {
        return new DerReader(bytes, 0, bytes.length);
    }

    boolean more() {
        return at < end;
    }

    /** The next element's tag, which stays to be read. */
    int tag() {
        if (at >= end) {
            throw malformed("ends too early");
        }
        return bytes[at] & 0xFF;
    }

    /** Enters the next element, which must have this tag. */
    DerReader enter(int tag) {
        int length = header(tag);
        at += length;
        return new DerReader(bytes, at - length, at);
    }

    /** The next element whole, header included. */
    byte[] raw(int tag) {
        int from = at;
        enter(tag);
        return Arrays.copyOfRange(bytes, from, at);
    }

    /** The content of the next element. */
    byte[] content(int tag) {
        DerReader inside = enter(tag);
        return Arrays.copyOfRange(bytes, inside.at, inside.end);
    }

    /** A whole number in its shortest form. */
    BigInteger integer() {
        byte[] content = content(INTEGER);
        boolean padded = content.length > 1 && (content[0] == 0 && content[1] >= 0
                || content[0] == -1 && content[1] < 0);
        if (content.length == 0 || padded) {
            throw malformed("number is not in its shortest form");
        }
        return new BigInteger(content);
    }

    /** An object identifier in dotted form. */
    String objectIdentifier() {
        byte[] content = content(OBJECT_IDENTIFIER);
        var dotted = new StringBuilder();
        long value = 0;
        for (int i = 0; i < content.length; i++) {
            if (value == 0 && (content[i] & 0xFF) == 0x80 || value >>> 56 != 0) {
                throw malformed("object identifier is not in its shortest form");
            }
            value = value << 7 | content[i] & 0x7F;
            if ((content[i] & 0x80) == 0) {
                if (dotted.isEmpty()) {
                    long first = Math.min(2, value / 40);
                    dotted.append(first).append('.').append(value - 40 * first);
                } else {
                    dotted.append('.').append(value);
                }
                value = 0;
            } else if (i == content.length - 1) {
                throw malformed("object identifier ends too early");
            }
        }
        return dotted.toString();
    }

    /** A UTF-8 or printable string. */
    String text() {
        int tag = tag();
        if (tag != UTF8_STRING && tag != PRINTABLE_STRING) {
            throw malformed("not a text: tag=" + tag);
        }
        return new String(content(tag), StandardCharsets.UTF_8);
    }

    /** A bit string of whole bytes. */
    byte[] bitString() {
        byte[] content = content(BIT_STRING);
        if (content.length == 0 || content[0] != 0) {
            throw malformed("bit string is not of whole bytes");
        }
        return Arrays.copyOfRange(content, 1, content.length);
    }

    /** Refuses what is left over. */
    void end() {
        if (at != end) {
            throw malformed("bytes are left over: bytes=" + (end - at));
        }
    }

    private int header(int tag) {
        if (tag() != tag) {
            throw malformed("unexpected element: expected=" + tag + ", found=" + tag());
        }
        at++;
        int first = next();
        int length = first;
        if (first >= 0x80) {
            int count = first & 0x7F;
            if (count == 0 || count > 3) {
                throw malformed("length is not definite and short: count=" + count);
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | next();
            }
            if (length < 0x80 || length >>> 8 * (count - 1) == 0) {
                throw malformed("length is not in its shortest form");
            }
        }
        if (length > end - at) {
            throw malformed("element ends past its parent: length=" + length + ", left=" + (end - at));
        }
        return length;
    }

    private int next() {
        if (at >= end) {
            throw malformed("ends too early");
        }
        return bytes[at++] & 0xFF;
    }

    private FleetException malformed(String what) {
        return new FleetException(FleetException.Reason.UNTRUSTED, "not well-formed DER: " + what + ", offset=" + at);
    }
}
