package dev.outpost.engine.tokenizer;

/** Kinds of tokens with their values in {@code tokenizer.ggml.token_type} (GGUF specification). */
enum TokenType {
    UNDEFINED(0), NORMAL(1), UNKNOWN(2), CONTROL(3), USER_DEFINED(4), UNUSED(5), BYTE(6);

    private static final TokenType[] BY_CODE = values();

    private final byte code;

    TokenType(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    /** A value the specification does not name counts as {@link #UNDEFINED}. */
    static TokenType of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNDEFINED;
    }
}
