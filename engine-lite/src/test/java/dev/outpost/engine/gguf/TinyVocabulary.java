package dev.outpost.engine.gguf;

import java.util.ArrayList;
import java.util.List;

/**
 * A byte-level BPE vocabulary: the 256 byte tokens in GPT-2's spelling, a few merged ones, three special ones at the
 * end.
 */
final class TinyVocabulary {

    static final int END_OF_TEXT;
    static final int TURN_START;
    static final int TURN_END;
    static final List<String> MERGES = List.of("Ġ t", "h e", "i n", "r e", "o n", "e r", "Ġ a", "a t", "Ġt he", "l l",
            "o u", "Ġ s", "e n", "i s", "in g", "o r", "a n", "an d", "s er", "u ser", "s t", "a s", "as s", "e m",
            "Ċ Ċ", "t o");
    private static final List<String> TOKENS = new ArrayList<>();
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;

    static {
        for (int b = 0; b < 256; b++) {
            TOKENS.add(spelling(b));
        }
        MERGES.forEach(merge -> TOKENS.add(merge.replace(" ", "")));
        END_OF_TEXT = TOKENS.size();
        TOKENS.add("<|endoftext|>");
        TURN_START = TOKENS.size();
        TOKENS.add("<|im_start|>");
        TURN_END = TOKENS.size();
        TOKENS.add("<|im_end|>");
    }

    private TinyVocabulary() {}

    /** Padded to a multiple of 32 by tokens that no text makes. */
    static List<String> tokens() {
        var tokens = new ArrayList<>(TOKENS);
        while (tokens.size() % 32 != 0) {
            tokens.add("<|unused_" + tokens.size() + "|>");
        }
        return List.copyOf(tokens);
    }

    static int[] types() {
        int[] types = new int[tokens().size()];
        for (int id = 0; id < types.length; id++) {
            types[id] = id < END_OF_TEXT ? NORMAL : CONTROL;
        }
        return types;
    }

    /** Printable bytes stand for themselves, the others for the characters from U+0100 on, in order. */
    private static String spelling(int wanted) {
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean itself = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            if (b == wanted) {
                return String.valueOf((char) (itself ? b : next));
            }
            next += itself ? 0 : 1;
        }
        throw new IllegalArgumentException("no byte: " + wanted);
    }
}
