package dev.outpost.engine.prompt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** {@code tojson} as the reference library defines it: Python's {@code json.dumps} without escaping beyond JSON's own needs. */
final class JsonText {

    private static final int DEPTH_LIMIT = 128;
    private static final int LENGTH_LIMIT = 1 << 22;

    private final String itemSeparator;
    private final String keySeparator;
    /** One level's indent; null for one line. */
    private final String indent;
    private final boolean asciiOnly;
    private final boolean sortKeys;
    private final StringBuilder out = new StringBuilder();

    private JsonText(CallArguments arguments) {
        Object width = arguments.get(1, "indent", None.NONE);
        indent = switch (width) {
            case None _ -> null;
            case String given -> given;
            default -> " ".repeat(Math.clamp(Values.index(width), 0, 100));
        };
        List<Object> separators = switch (arguments.get(2, "separators", None.NONE)) {
            case List<?> given when given.size() == 2 -> Values.viewOf(given);
            case None _ -> List.of(indent == null ? ", " : ",", ": ");
            default -> throw TemplateFailure.failed("tojson wants two separators");
        };
        itemSeparator = Values.text(separators.get(0));
        keySeparator = Values.text(separators.get(1));
        asciiOnly = arguments.flag(0, "ensure_ascii");
        sortKeys = arguments.flag(3, "sort_keys");
    }

    static String of(Object value, CallArguments arguments) {
        JsonText text = new JsonText(arguments);
        text.write(value, 0);
        return text.out.toString();
    }

    private void write(Object value, int depth) {
        if (depth > DEPTH_LIMIT || out.length() > LENGTH_LIMIT) {
            throw TemplateFailure
                    .limit("value is too large for JSON: depthLimit=" + DEPTH_LIMIT + ", limit=" + LENGTH_LIMIT);
        }
        switch (value) {
            case String text -> quote(text);
            case None _ -> out.append("null");
            case Boolean flag -> out.append(flag);
            case Long number -> out.append(number);
            case java.math.BigInteger number -> out.append(number);
            case Double number -> out.append(decimal(number));
            case Map<?, ?> map -> object(map, depth);
            case List<?> list -> array(list, depth);
            case Undefined undefined -> throw undefined.used();
            default -> throw TemplateFailure.failed("value has no JSON: found=" + Values.type(value));
        }
    }

    private static String decimal(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number)
                        ? number > 0 ? "Infinity" : "-Infinity"
                        : Numbers.repr(number);
    }

    private void object(Map<?, ?> map, int depth) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (sortKeys) {
            entries.sort(Comparator.comparing(entry -> key(entry.getKey())));
        }
        out.append('{');
        for (int i = 0; i < entries.size(); i++) {
            separate(i, depth);
            quote(key(entries.get(i).getKey()));
            out.append(keySeparator);
            write(entries.get(i).getValue(), depth + 1);
        }
        close(entries.isEmpty(), depth, '}');
    }

    private static String key(Object key) {
        return switch (key) {
            case String text -> text;
            case None _ -> "null";
            case Boolean flag -> flag.toString();
            case Long number -> number.toString();
            case Double number -> decimal(number);
            default -> throw TemplateFailure.failed("key has no JSON: found=" + Values.type(key));
        };
    }

    private void array(List<?> list, int depth) {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            separate(i, depth);
            write(list.get(i), depth + 1);
        }
        close(list.isEmpty(), depth, ']');
    }

    private void separate(int index, int depth) {
        out.append(index > 0 ? itemSeparator : "");
        if (indent != null) {
            out.append('\n').append(indent.repeat(depth + 1));
        }
    }

    private void close(boolean empty, int depth, char bracket) {
        if (indent != null && !empty) {
            out.append('\n').append(indent.repeat(depth));
        }
        out.append(bracket);
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < 0x20 || asciiOnly && c > 0x7E) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
