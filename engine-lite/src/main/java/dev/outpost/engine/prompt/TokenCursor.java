package dev.outpost.engine.prompt;

import dev.outpost.engine.prompt.JinjaToken.Kind;
import java.util.List;

/** Reads tokens one after the other and counts how deep the parser is nested. */
final class TokenCursor {

    static final int DEPTH_LIMIT = 64;

    private final List<JinjaToken> tokens;
    private int at;
    private int depth;

    TokenCursor(List<JinjaToken> tokens) {
        this.tokens = tokens;
    }

    JinjaToken current() {
        return tokens.get(at);
    }

    JinjaToken ahead() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    JinjaToken next() {
        JinjaToken token = tokens.get(at);
        if (at + 1 < tokens.size()) {
            at++;
        }
        return token;
    }

    int line() {
        return current().line();
    }

    boolean at(Kind kind) {
        return current().kind() == kind;
    }

    boolean atOperator(String text) {
        return current().is(Kind.OPERATOR, text);
    }

    boolean atName(String text) {
        return current().is(Kind.NAME, text);
    }

    boolean skipOperator(String text) {
        boolean found = atOperator(text);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipName(String text) {
        boolean found = atName(text);
        if (found) {
            next();
        }
        return found;
    }

    void expectOperator(String text) {
        if (!skipOperator(text)) {
            throw unexpected(text);
        }
    }

    void expectName(String text) {
        if (!skipName(text)) {
            throw unexpected(text);
        }
    }

    JinjaToken expect(Kind kind) {
        if (!at(kind)) {
            throw unexpected(kind.name());
        }
        return next();
    }

    void enter() {
        if (++depth > DEPTH_LIMIT) {
            throw TemplateFailure.limit("template is nested too deep: limit=" + DEPTH_LIMIT + ", line=" + line());
        }
    }

    void leave() {
        depth--;
    }

    TemplateFailure unexpected(String expected) {
        String found = at(Kind.END)
                ? "end of template"
                : at(Kind.TEXT)
                        ? "text"
                        : current().text().isEmpty() ? current().kind().name() : current().text();
        return TemplateFailure
                .malformed("template cannot be read: expected=" + expected + ", found=" + found + ", line="
                        + line());
    }
}
