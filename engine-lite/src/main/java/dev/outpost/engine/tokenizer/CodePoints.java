package dev.outpost.engine.tokenizer;

import java.util.Arrays;

/** A fragment of text as code points with the classes pre-tokenizers tell apart. Unicode categories are the JDK's. */
final class CodePoints {

    /** Beyond the fragment. */
    static final byte END = 0;
    static final byte LETTER = 1;
    static final byte NUMBER = 2;
    static final byte SPACE = 3;
    /** Category P. */
    static final byte PUNCTUATION = 4;
    /** Marks, symbols, controls, unassigned. */
    static final byte OTHER = 5;

    private final int[] values;
    private final byte[] kinds;
    private final int size;

    private CodePoints(int[] values, byte[] kinds, int size) {
        this.values = values;
        this.kinds = kinds;
        this.size = size;
    }

    /** @param text well-formed UTF-8 in {@code [from, to)} */
    static CodePoints of(byte[] text, int from, int to) {
        int[] values = new int[to - from];
        int size = 0;
        for (int at = from; at < to; size++) {
            int length = Utf8.length(text[at]);
            values[size] = decode(text, at, length);
            at += length;
        }
        values = Arrays.copyOf(values, size);
        byte[] kinds = new byte[size];
        for (int i = 0; i < size; i++) {
            kinds[i] = kindOf(values[i]);
        }
        return new CodePoints(values, kinds, size);
    }

    private static int decode(byte[] text, int at, int length) {
        return switch (length) {
            case 1 -> text[at];
            case 2 -> (text[at] & 0x1F) << 6 | text[at + 1] & 0x3F;
            case 3 -> (text[at] & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | text[at + 2] & 0x3F;
            default -> (text[at] & 0x07) << 18 | (text[at + 1] & 0x3F) << 12 | (text[at + 2] & 0x3F) << 6
                    | text[at + 3] & 0x3F;
        };
    }

    private static byte kindOf(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER, Character.OTHER_LETTER ->
                LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            case Character.CONTROL -> c >= 0x09 && c <= 0x0D || c == 0x85 ? SPACE : OTHER;
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION ->
                PUNCTUATION;
            default -> OTHER;
        };
    }

    int size() {
        return size;
    }

    int value(int at) {
        return values[at];
    }

    byte kind(int at) {
        return kinds[at];
    }

    /** UTF-8 bytes of the code points in {@code [from, to)}. */
    int bytes(int from, int to) {
        int bytes = 0;
        for (int i = from; i < to; i++) {
            int c = values[i];
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        }
        return bytes;
    }
}
