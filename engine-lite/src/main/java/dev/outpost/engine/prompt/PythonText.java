package dev.outpost.engine.prompt;

import java.util.Locale;

/** Python's notions of text where templates show them: white space, escapes, representations, code points. */
final class PythonText {

    private PythonText() {}

    /** {@code str.isspace} for one character. */
    static boolean isSpace(char c) {
        if (c < 0x80) {
            return c == ' ' || c >= 0x09 && c <= 0x0D || c >= 0x1C && c <= 0x1F;
        }
        return c == 0x85 || Character.isSpaceChar(c);
    }

    /** Nothing but white space, and not empty. */
    static boolean isSpace(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isSpace(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static String strip(String text, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (right && to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** @param characters the set to take away */
    static String strip(String text, String characters, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && characters.indexOf(text.codePointAt(from)) >= 0) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && characters.indexOf(text.codePointBefore(to)) >= 0) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Code points {@code [from, to)}. */
    static String substring(String text, int from, int to) {
        if (length(text) == text.length()) {
            return text.substring(from, to);
        }
        int start = text.offsetByCodePoints(0, from);
        return text.substring(start, text.offsetByCodePoints(start, to - from));
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return titleOf(text.substring(0, first)) + lower(text.substring(first));
    }

    /** {@code str.title}: a cased character after an uncased one is upper case, any other lower case. */
    static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean cased = false;
        for (int c : text.codePoints().toArray()) {
            String one = Character.toString(c);
            out.append(cased ? lower(one) : titleOf(one));
            cased = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
        }
        return out.toString();
    }

    private static String titleOf(String character) {
        int title = Character.toTitleCase(character.codePointAt(0));
        String upper = upper(character);
        return upper.length() > character.length()
                ? upper.charAt(0) + lower(upper.substring(1))
                : Character.toString(title);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    /** {@code repr}: single quotes unless only single ones occur inside. */
    static String repr(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(c < 0x100
                                ? "\\x%02x".formatted(c)
                                : c < 0x10000
                                        ? "\\u%04x".formatted(c)
                                        : "\\U%08x".formatted(c));
                    }
                }
            }
        });
        return out.append(quote).toString();
    }

    private static boolean isPrintable(int c) {
        return c == ' ' || switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
        };
    }

    /** Escapes of a string literal; an unknown one stays as it is written. */
    static String unescape(String raw) {
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\' || i + 1 == raw.length()) {
                out.append(c);
                continue;
            }
            char kind = raw.charAt(++i);
            int simple = "\\'\"abfnrtv\n".indexOf(kind);
            if (simple >= 0) {
                out.append(simple == 10 ? "" : String.valueOf("\\'\"\u0007\b\f\n\r\t\u000B".charAt(simple)));
            } else if (kind == 'x' || kind == 'u' || kind == 'U') {
                i = hexadecimal(raw, i, kind == 'x' ? 2 : kind == 'u' ? 4 : 8, out);
            } else if (kind >= '0' && kind <= '7') {
                int end = i + 1;
                while (end < raw.length() && end < i + 3 && raw.charAt(end) >= '0' && raw.charAt(end) <= '7') {
                    end++;
                }
                out.appendCodePoint(Integer.parseInt(raw, i, end, 8));
                i = end - 1;
            } else {
                out.append('\\').append(kind);
            }
        }
        return out.toString();
    }

    private static int hexadecimal(String raw, int at, int digits, StringBuilder out) {
        int end = at + 1 + digits;
        long value = 0;
        for (int i = at + 1; i < end; i++) {
            int digit = i < raw.length() && raw.charAt(i) < 0x80 ? Character.digit(raw.charAt(i), 16) : -1;
            if (digit < 0) {
                throw TemplateFailure.malformed("string escape is truncated");
            }
            value = value << 4 | digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw TemplateFailure.malformed("string escape is no character: found=" + value);
        }
        out.appendCodePoint((int) value);
        return end - 1;
    }
}
