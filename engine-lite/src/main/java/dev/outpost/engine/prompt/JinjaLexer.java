package dev.outpost.engine.prompt;

import dev.outpost.engine.prompt.JinjaToken.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, as Jinja 3.1 does with {@code trim_blocks} and {@code lstrip_blocks} on: the white space
 * before a block or comment tag goes if it is all there is on the line, and so does one line break after it; {@code -} takes
 * all white space on its side, {@code +} keeps it.
 */
final class JinjaLexer {

    private static final int SOURCE_LIMIT = 1 << 20;
    private static final String PAIRS = "==!=>=<=**//";
    private static final String SINGLES = "+-/*%~[](){}><=.:|,;";

    private final String source;
    private final List<JinjaToken> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int lineCountedTo;
    /** The last thing read ended in a line break, so that what follows starts a line. */
    private boolean lineStarts = true;

    private JinjaLexer(String source) {
        this.source = source;
    }

    static List<JinjaToken> tokens(String template) {
        if (template.length() > SOURCE_LIMIT) {
            throw TemplateFailure.limit("template is too long: limit=" + SOURCE_LIMIT + ", found=" + template.length());
        }
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        JinjaLexer lexer = new JinjaLexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag(at);
            if (tag < 0) {
                addText(source.substring(at));
                at = source.length();
                break;
            }
            char kind = source.charAt(tag + 1);
            char sign = signAt(tag + 2);
            addText(trimmed(source.substring(at, tag), sign, kind != '{'));
            at = tag + (sign == 0 ? 2 : 3);
            lineStarts = false;
            switch (kind) {
                case '#' -> comment();
                case '{' -> code(Kind.VARIABLE_BEGIN, Kind.VARIABLE_END);
                default -> block();
            }
        }
        add(Kind.END, "", "");
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private char signAt(int index) {
        char c = index < source.length() ? source.charAt(index) : 0;
        return c == '-' || c == '+' ? c : 0;
    }

    private String trimmed(String text, char sign, boolean lineTag) {
        if (sign == '-') {
            return PythonText.strip(text, false, true);
        }
        if (sign == '+' || !lineTag) {
            return text;
        }
        int start = text.lastIndexOf('\n') + 1;
        boolean blank = start < text.length() && PythonText.isSpace(text.substring(start));
        return blank && (start > 0 || lineStarts) ? text.substring(0, start) : text;
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw error("comment is not closed");
        }
        char sign = end > at ? signAt(end - 1) : 0;
        at = end + 2;
        afterTag(sign);
    }

    /** White space after a tag's end. */
    private void afterTag(char sign) {
        int from = at;
        if (sign == '-') {
            while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
                at++;
            }
        } else if (sign == 0 && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        lineStarts = at > from && source.charAt(at - 1) == '\n';
    }

    private void block() {
        int name = skipSpace(at);
        if (source.startsWith("raw", name)) {
            int end = skipSpace(name + 3);
            boolean strip = source.startsWith("-%}", end);
            if (strip || source.startsWith("%}", end)) {
                raw(strip ? end + 3 : end + 2, strip);
                return;
            }
        }
        code(Kind.BLOCK_BEGIN, Kind.BLOCK_END);
    }

    private void raw(int from, boolean strip) {
        at = strip ? skipSpace(from) : from;
        lineStarts = strip && source.charAt(at - 1) == '\n';
        for (int tag = source.indexOf("{%", at); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
            char sign = signAt(tag + 2);
            int name = skipSpace(tag + (sign == 0 ? 2 : 3));
            if (!source.startsWith("endraw", name)) {
                continue;
            }
            int end = skipSpace(name + 6);
            char endSign = signAt(end);
            if (source.startsWith("%}", endSign == 0 ? end : end + 1)) {
                addText(trimmed(source.substring(at, tag), sign, true));
                at = (endSign == 0 ? end : end + 1) + 2;
                afterTag(endSign);
                return;
            }
        }
        throw error("raw block is not closed");
    }

    private void code(Kind begin, Kind end) {
        add(begin, "", "");
        String close = end == Kind.BLOCK_END ? "%}" : "}}";
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            at = skipSpace(at);
            if (at >= source.length()) {
                throw error("tag is not closed");
            }
            if (open.isEmpty()) {
                char sign = signAt(at);
                boolean signed = sign == '-' || sign == '+' && end == Kind.BLOCK_END;
                if (source.startsWith(close, at) || signed && source.startsWith(close, at + 1)) {
                    boolean plain = source.startsWith(close, at);
                    at += plain ? 2 : 3;
                    add(end, "", "");
                    afterTag(plain ? end == Kind.BLOCK_END ? 0 : '+' : sign);
                    return;
                }
            }
            token(open);
        }
    }

    private void token(Deque<Character> open) {
        char c = source.charAt(at);
        if (c >= '0' && c <= '9') {
            number();
        } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
            int from = at;
            while (at < source.length() && (Character.isUnicodeIdentifierPart(source.charAt(at)))) {
                at++;
            }
            add(Kind.NAME, source.substring(from, at), source.substring(from, at));
        } else if (c == '\'' || c == '"') {
            string(c);
        } else {
            operator(c, open);
        }
    }

    private void operator(char c, Deque<Character> open) {
        if (at + 1 < source.length()) {
            int pair = PAIRS.indexOf(source.substring(at, at + 2));
            if (pair >= 0 && pair % 2 == 0) {
                add(Kind.OPERATOR, source.substring(at, at + 2), "");
                at += 2;
                return;
            }
        }
        if (SINGLES.indexOf(c) < 0) {
            throw error("unexpected character: found=" + PythonText.repr(String.valueOf(c)));
        }
        if (c == '(' || c == '[' || c == '{') {
            open.push(c == '(' ? ')' : c == '[' ? ']' : '}');
        } else if ((c == ')' || c == ']' || c == '}') && (open.isEmpty() || open.pop() != c)) {
            throw error("unexpected bracket: found=" + c);
        }
        add(Kind.OPERATOR, String.valueOf(c), "");
        at++;
    }

    private void number() {
        int from = at;
        digits();
        boolean decimal = false;
        boolean afterDot = from > 0 && source.charAt(from - 1) == '.';
        if (!afterDot && at + 1 < source.length() && source.charAt(at) == '.' && isDigit(at + 1)) {
            decimal = true;
            at++;
            digits();
        }
        if (!afterDot && at < source.length() && (source.charAt(at) == 'e' || source.charAt(at) == 'E')) {
            int exponent = signAt(at + 1) == 0 ? at + 1 : at + 2;
            if (isDigit(exponent)) {
                decimal = true;
                at = exponent;
                digits();
            }
        }
        String text = source.substring(from, at).replace("_", "");
        try {
            if (decimal) {
                add(Kind.DECIMAL, text, Double.valueOf(text));
            } else {
                add(Kind.INTEGER, text, Long.valueOf(text));
            }
        } catch (NumberFormatException e) {
            throw error("number is out of range: found=" + text);
        }
    }

    private void digits() {
        while (isDigit(at) || at < source.length() && source.charAt(at) == '_' && isDigit(at + 1)) {
            at++;
        }
    }

    private boolean isDigit(int index) {
        return index < source.length() && source.charAt(index) >= '0' && source.charAt(index) <= '9';
    }

    private void string(char quote) {
        int from = ++at;
        while (at < source.length() && source.charAt(at) != quote) {
            at += source.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= source.length()) {
            throw error("string is not closed");
        }
        String raw = source.substring(from, at++);
        add(Kind.STRING, raw, raw.indexOf('\\') < 0 ? raw : PythonText.unescape(raw));
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < source.length() && PythonText.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    private void addText(String text) {
        if (!text.isEmpty()) {
            add(Kind.TEXT, text, text);
        }
    }

    private void add(Kind kind, String text, Object value) {
        for (; lineCountedTo < Math.min(at, source.length()); lineCountedTo++) {
            line += source.charAt(lineCountedTo) == '\n' ? 1 : 0;
        }
        tokens.add(new JinjaToken(kind, text, value, line));
    }

    private TemplateFailure error(String fact) {
        add(Kind.END, "", "");
        return TemplateFailure.malformed(fact + ": line=" + line);
    }
}
