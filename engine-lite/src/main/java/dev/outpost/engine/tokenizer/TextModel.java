package dev.outpost.engine.tokenizer;

/** How plain text, free of special tokens, becomes ids, and a token its bytes. */
sealed interface TextModel permits BpeModel, SentencePieceModel {

    /**
     * @param text well-formed UTF-8 in {@code [from, to)}, not empty
     * @param opens nothing or a special token is before it
     */
    void encode(byte[] text, int from, int to, boolean opens, IdList out);

    /** What a token of normal kind stands for. */
    byte[] decode(byte[] piece);

    /** Encoding puts one space before text that opens; decoding a whole sequence takes it away. */
    boolean prefixesSpace();
}
