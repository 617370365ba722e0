package dev.outpost.runtime.http;

import dev.outpost.engine.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** One token a byte of UTF-8, and two special tokens. */
final class ByteTokenizer implements Tokenizer {

    static final int BEGIN = 256;
    static final int END = 257;

    @Override
    public int vocabulary() {
        return 258;
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xff;
        }
        return ids;
    }

    @Override
    public int[] encodePrompt(String text, boolean parseSpecial) {
        return encode(text, parseSpecial);
    }

    @Override
    public byte[] bytes(int id, boolean showSpecial) {
        if (id < 256) {
            return new byte[]{(byte) id};
        }
        return showSpecial ? piece(id).getBytes(StandardCharsets.UTF_8) : new byte[0];
    }

    @Override
    public String decode(int[] ids, boolean showSpecial) {
        var out = new ByteArrayOutputStream();
        for (int id : ids) {
            out.writeBytes(bytes(id, showSpecial));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isEndOfGeneration(int id) {
        return id == END;
    }

    @Override
    public OptionalInt beginOfSequence() {
        return OptionalInt.of(BEGIN);
    }

    @Override
    public OptionalInt endOfSequence() {
        return OptionalInt.of(END);
    }

    @Override
    public String piece(int id) {
        return id < 256 ? Character.toString(id) : id == BEGIN ? "<s>" : "</s>";
    }
}
