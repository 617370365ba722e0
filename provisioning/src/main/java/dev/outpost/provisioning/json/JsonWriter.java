package dev.outpost.provisioning.json;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** Writes the canonical form of RFC 8785: no blanks, sorted members, shortest numbers as ECMAScript writes them. */
public final class JsonWriter {
    private JsonWriter() {}

    /** The canonical bytes (UTF-8) of a value. */
    public static byte[] canonical(JsonValue value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    /** The canonical text of a value. */
    public static String text(JsonValue value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(JsonValue value, StringBuilder out) {
        switch (value) {
            case JsonValue.JsonObject object -> writeObject(object, out);
            case JsonValue.JsonArray array -> {
                out.append('[');
                for (int i = 0; i < array.values().size(); i++) {
                    if (i > 0) {
                        out.append(',');
                    }
                    write(array.values().get(i), out);
                }
                out.append(']');
            }
            case JsonValue.JsonText text -> writeText(text.text(), out);
            case JsonValue.JsonNumber number -> out.append(number(number.number()));
            case JsonValue.JsonFlag flag -> out.append(flag.flag());
        }
    }

    private static void writeObject(JsonValue.JsonObject object, StringBuilder out) {
        out.append('{');
        Iterator<Map.Entry<String, JsonValue>> members = object.members().entrySet().iterator();
        while (members.hasNext()) {
            Map.Entry<String, JsonValue> member = members.next();
            writeText(member.getKey(), out);
            out.append(':');
            write(member.getValue(), out);
            if (members.hasNext()) {
                out.append(',');
            }
        }
        out.append('}');
    }

    private static void writeText(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** ECMAScript Number::toString (ECMA-262 section 6.1.6.1.20) over the shortest digits, which the JDK finds. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        String java = Double.toString(Math.abs(value));
        int e = java.indexOf('E');
        int exponent = e < 0 ? 0 : Integer.parseInt(java.substring(e + 1));
        String mantissa = e < 0 ? java : java.substring(0, e);
        int point = mantissa.indexOf('.');
        String digits = mantissa.substring(0, point) + mantissa.substring(point + 1);
        int position = point + exponent; // the decimal point stands behind this many digits
        int lead = 0;
        while (digits.charAt(lead) == '0') {
            lead++;
        }
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        String sign = value < 0 ? "-" : "";
        return sign + layout(shortest(Math.abs(value), digits.substring(lead, end), position - lead), position - lead);
    }

    /** The JDK never writes fewer than two digits and then takes the nearest pair: 4.9E-324 where one digit would do. */
    private static String shortest(double value, String digits, int position) {
        if (digits.length() == 2) {
            int nearest = (Integer.parseInt(digits) + 5) / 10;
            if (nearest < 10 && Double.parseDouble("0." + nearest + "E" + position) == value) {
                return Integer.toString(nearest);
            }
        }
        return digits;
    }

    private static String layout(String digits, int position) {
        int count = digits.length();
        if (count <= position && position <= 21) {
            return digits + "0".repeat(position - count);
        }
        if (0 < position && position <= 21) {
            return digits.substring(0, position) + "." + digits.substring(position);
        }
        if (-6 < position && position <= 0) {
            return "0." + "0".repeat(-position) + digits;
        }
        int exponent = position - 1;
        String rest = count == 1 ? "" : "." + digits.substring(1);
        return digits.charAt(0) + rest + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
    }
}
