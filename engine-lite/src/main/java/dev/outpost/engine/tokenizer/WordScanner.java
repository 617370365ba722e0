package dev.outpost.engine.tokenizer;

/**
 * Finds where the next word of a text ends. Words cover the text without gaps; each scanner is its pattern's alternatives
 * in their order, written as loops, so that time is linear whatever the text.
 */
interface WordScanner {

    /**
     * @param at first code point of the word
     * @param end where the text ends for this scanner: lookaheads see nothing beyond
     * @return the position after the word, greater than {@code at}
     */
    int next(CodePoints text, int at, int end);

    /** Receives words as code point ranges. */
    interface Words {
        void add(int from, int to);
    }

    /** Cuts {@code [from, end)} into words. */
    default void split(CodePoints text, int from, int end, Words words) {
        for (int at = from; at < end;) {
            int next = next(text, at, end);
            words.add(at, next);
            at = next;
        }
    }

    /** The kind at a position, {@link CodePoints#END} from {@code end} on. */
    static byte kind(CodePoints text, int at, int end) {
        return at < end ? text.kind(at) : CodePoints.END;
    }

    static boolean isSymbol(byte kind) {
        return kind == CodePoints.PUNCTUATION || kind == CodePoints.OTHER;
    }

    /** Length of {@code 's 't 'm 'd 're 've 'll} at a position, or 0. */
    static int contraction(CodePoints text, int at, int end, boolean anyCase) {
        if (text.value(at) != '\'' || at + 1 >= end) {
            return 0;
        }
        int first = fold(text.value(at + 1), anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return 2;
        }
        if (at + 2 >= end) {
            return 0;
        }
        int second = fold(text.value(at + 2), anyCase);
        boolean known = second == 'e' && (first == 'r' || first == 'v') || first == 'l' && second == 'l';
        return known ? 3 : 0;
    }

    private static int fold(int c, boolean anyCase) {
        return anyCase && c >= 'A' && c <= 'Z' ? c + 32 : c;
    }

    /** {@code \s+(?!\S)|\s+}: leaves the last space to the word that follows. */
    static int spaces(CodePoints text, int at, int end) {
        int stop = at;
        while (kind(text, stop, end) == CodePoints.SPACE) {
            stop++;
        }
        if (stop - at > 1 && stop < end) {
            return stop - 1;
        }
        return Math.max(stop, at + 1);
    }
}
