package dev.outpost.engine.tokenizer;

import java.nio.charset.StandardCharsets;

/** UTF-8 of any Java string, and the lengths of its sequences. */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** The text's bytes; an unpaired surrogate becomes U+FFFD, where {@link String#getBytes} would write '?'. */
    static byte[] bytes(String text) {
        int bad = firstUnpaired(text, 0);
        if (bad < 0) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        char[] chars = text.toCharArray();
        for (; bad >= 0; bad = firstUnpaired(text, bad + 1)) {
            chars[bad] = REPLACEMENT;
        }
        return new String(chars).getBytes(StandardCharsets.UTF_8);
    }

    private static int firstUnpaired(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair) {
                return i;
            }
            i++;
        }
        return -1;
    }

    /** Bytes of the sequence a lead byte opens; 1 for a byte that cannot lead. */
    static int length(byte lead) {
        int b = lead & 0xFF;
        if (b < 0xC0) {
            return 1;
        }
        return b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
    }
}
