package dev.outpost.engine.prompt;

/**
 * A token of a template.
 *
 * @param text the characters as written, for a text with white space already controlled
 * @param value of strings and numbers, else the text
 */
record JinjaToken(Kind kind, String text, Object value, int line) {

    /** What a token is. */
    enum Kind {
        TEXT, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, NAME, STRING, INTEGER, DECIMAL, OPERATOR, END
    }

    boolean is(Kind wanted, String wantedText) {
        return kind == wanted && text.equals(wantedText);
    }
}
