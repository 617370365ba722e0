package dev.outpost.provisioning.json;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A strict JSON reader: duplicate members, null, numbers beyond a double and anything after the value are refused, and
 * nothing grows before it was counted. Signed documents are read with {@link #canonical}, which also refuses every
 * spelling but the one that was signed.
 */
public final class JsonReader {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_NUMBER_CHARACTERS = 32;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads one value.
     *
     * @param limit most bytes the document may have
     * @throws RefusedException for anything but one well-formed value
     */
    public static JsonValue read(byte[] document, int limit) {
        if (document.length > limit) {
            throw new RefusedException(Refusal.DOCUMENT_TOO_LARGE,
                    "document is too long: bytes=" + document.length + ", limit=" + limit);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
        } catch (CharacterCodingException e) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "document is not UTF-8");
        }
        JsonReader reader = new JsonReader(text);
        JsonValue value = reader.value(0);
        reader.blanks();
        if (reader.at != text.length()) {
            throw reader.malformed("text follows the value");
        }
        return value;
    }

    /** Reads one value that must be in canonical form, byte for byte. */
    public static JsonValue canonical(byte[] document, int limit) {
        JsonValue value = read(document, limit);
        if (!Arrays.equals(JsonWriter.canonical(value), document)) {
            throw new RefusedException(Refusal.NOT_CANONICAL, "document is not in canonical form (RFC 8785)");
        }
        return value;
    }

    private JsonValue value(int depth) {
        if (depth > MAX_DEPTH) {
            throw new RefusedException(Refusal.DOCUMENT_TOO_LARGE, "document is nested too deep: limit=" + MAX_DEPTH);
        }
        blanks();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new JsonValue.JsonText(string());
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            default -> number();
        };
    }

    private JsonValue object(int depth) {
        at++;
        SortedMap<String, JsonValue> members = new TreeMap<>();
        blanks();
        if (peek() == '}') {
            at++;
            return new JsonValue.JsonObject(members);
        }
        while (true) {
            blanks();
            String name = string();
            blanks();
            expect(':');
            if (members.containsKey(name)) {
                throw new RefusedException(Refusal.DUPLICATE_MEMBER,
                        "member occurs twice: name=" + name + ", character=" + at);
            }
            members.put(name, value(depth + 1));
            blanks();
            if (peek() == '}') {
                at++;
                return new JsonValue.JsonObject(members);
            }
            expect(',');
        }
    }

    private JsonValue array(int depth) {
        at++;
        List<JsonValue> values = new ArrayList<>();
        blanks();
        if (peek() == ']') {
            at++;
            return new JsonValue.JsonArray(values);
        }
        while (true) {
            values.add(value(depth + 1));
            blanks();
            if (peek() == ']') {
                at++;
                return new JsonValue.JsonArray(values);
            }
            expect(',');
        }
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return wellFormed(out.toString());
            }
            if (c < 0x20) {
                throw malformed("control character in a string");
            }
            out.append(c == '\\' ? escape() : c);
        }
    }

    private char escape() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(next(), 16);
                    if (digit < 0) {
                        throw malformed("bad escape");
                    }
                    code = code * 16 + digit;
                }
                yield (char) code;
            }
            default -> throw malformed("bad escape");
        };
    }

    private String wellFormed(String string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw malformed("lone surrogate in a string");
            }
        }
        return string;
    }

    private JsonValue literal(String word, boolean value) {
        if (!text.startsWith(word, at)) {
            throw malformed("not a value");
        }
        at += word.length();
        return new JsonValue.JsonFlag(value);
    }

    private JsonValue number() {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int whole = at;
        digits();
        if (text.charAt(whole) == '0' && at > whole + 1) {
            throw malformed("number starts with zero");
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        if (at - start > MAX_NUMBER_CHARACTERS) {
            throw malformed("number is too long");
        }
        double number = Double.parseDouble(text.substring(start, at));
        if (!Double.isFinite(number)) {
            throw malformed("number is out of range");
        }
        return new JsonValue.JsonNumber(number);
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw malformed("not a value");
        }
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw malformed("document ends too early");
        }
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private void expect(char c) {
        if (next() != c) {
            throw malformed("expected=" + c);
        }
    }

    private RefusedException malformed(String what) {
        return new RefusedException(Refusal.MALFORMED_DOCUMENT, "not well-formed JSON: " + what + ", character=" + at);
    }
}
