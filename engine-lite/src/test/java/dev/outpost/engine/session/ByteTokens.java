package dev.outpost.engine.session;

import dev.outpost.engine.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** One token per byte value, then one that ends an answer, then fillers that stand for their number. */
final class ByteTokens implements Tokenizer {

    static final int END = 256;

    private final int vocabulary;

    ByteTokens(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    static int[] of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xFF;
        }
        return ids;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        return of(text);
    }

    @Override
    public int[] encodePrompt(String text, boolean parseSpecial) {
        return of(text);
    }

    @Override
    public byte[] bytes(int id, boolean showSpecial) {
        if (id < 256) {
            return new byte[]{(byte) id};
        }
        return id == END ? new byte[0] : ("<" + id + ">").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(int[] ids, boolean showSpecial) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int id : ids) {
            all.writeBytes(bytes(id, showSpecial));
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isEndOfGeneration(int id) {
        return id == END;
    }

    @Override
    public OptionalInt beginOfSequence() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt endOfSequence() {
        return OptionalInt.of(END);
    }

    @Override
    public String piece(int id) {
        return decode(new int[]{id}, true);
    }
}
