package dev.outpost.engine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns the bytes of successive tokens into text: a character is given out when its last byte has come, never in parts.
 * Malformed sequences become U+FFFD, as many as {@code new String(bytes, UTF_8)} over all bytes at once would give.
 *
 * <p>One stream, one thread at a time.
 */
public final class Utf8Assembler {

    private static final byte[] NOTHING = {};

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);

    /** The start of a sequence whose end has not come, at most 3 bytes. */
    private byte[] held = NOTHING;

    /** @return the text completed by these bytes, often empty */
    public String push(byte[] bytes) {
        if (bytes.length == 0) {
            return "";
        }
        return decode(bytes, false);
    }

    /** Ends the stream: what is still held back is an incomplete sequence and becomes U+FFFD. The assembler can be used again. */
    public String finish() {
        String rest = held.length == 0 ? "" : decode(NOTHING, true);
        decoder.reset();
        return rest;
    }

    /** Bytes that wait for the rest of their character. */
    public int heldBytes() {
        return held.length;
    }

    private String decode(byte[] bytes, boolean end) {
        byte[] all = new byte[held.length + bytes.length];
        System.arraycopy(held, 0, all, 0, held.length);
        System.arraycopy(bytes, 0, all, held.length, bytes.length);
        ByteBuffer in = ByteBuffer.wrap(all);
        CharBuffer out = CharBuffer.allocate(all.length + 1);
        decoder.decode(in, out, end);
        held = new byte[in.remaining()];
        in.get(held);
        return out.flip().toString();
    }
}
