package dev.outpost.engine.tokenizer;

import dev.outpost.engine.gguf.GgufMetadata;
import java.util.OptionalInt;

/** Text to token ids and back. Immutable, any thread. */
public interface Tokenizer {

    /**
     * The tokenizer a model file describes ({@code tokenizer.ggml.*}). Keeps nothing of the file.
     *
     * @throws dev.outpost.engine.failure.ModelRejectedException codes {@code tokenizer}, {@code unsupported_tokenizer},
     *         {@code unsupported_pre_tokenizer}, {@code vocabulary}, {@code special_token}, {@code byte_token}, {@code merges}
     */
    static Tokenizer read(GgufMetadata metadata) {
        return new TokenizerReader(metadata).read();
    }

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
     * The bytes a token stands for: part of a UTF-8 text, a fresh array. {@link Utf8Assembler} makes text of a stream of them.
     *
     * @param showSpecial control tokens by their name, else they are empty
     */
    byte[] bytes(int id, boolean showSpecial);

    /**
     * Decodes whole sequences; malformed UTF-8 becomes U+FFFD. Undoes {@link #encode}: the space some vocabularies put before
     * text is taken away again.
     */
    String decode(int[] ids, boolean showSpecial);

    /** Ends an answer (end of sequence, of turn, of message). */
    boolean isEndOfGeneration(int id);

    OptionalInt beginOfSequence();

    OptionalInt endOfSequence();

    /** The token's name as the model file spells it; for templates, logs and {@code show}. */
    String piece(int id);
}
