package dev.outpost.engine.tokenizer;

import java.util.OptionalInt;

/** Text to token ids and back. Immutable, any thread. */
public interface Tokenizer {

    /** Number of tokens. */
    int vocabulary();

    /**
     * @param text any Unicode text; unpaired surrogates become U+FFFD
     * @param parseSpecial reads the names of control and user-defined tokens as those tokens, else as plain text
     * @return ids without a beginning-of-sequence token
     */
    int[] encode(String text, boolean parseSpecial);

    /** As {@link #encode}, with the tokens the model wants at the start (and end) of a sequence added. */
    int[] encodePrompt(String text, boolean parseSpecial);

    /**
     * The bytes a token stands for: part of a UTF-8 text, borrowed by nobody.
     *
     * @param showSpecial control tokens by their name, else they are empty
     */
    byte[] bytes(int id, boolean showSpecial);

    /** Decodes whole sequences; malformed UTF-8 becomes U+FFFD. */
    String decode(int[] ids, boolean showSpecial);

    /** Ends an answer (end of sequence, of turn, of message). */
    boolean isEndOfGeneration(int id);

    OptionalInt beginOfSequence();

    OptionalInt endOfSequence();

    /** The token's name as the model file spells it; for templates, logs and {@code show}. */
    String piece(int id);
}
