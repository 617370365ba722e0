package dev.outpost.engine.prompt;

import java.util.List;
import java.util.Map;

/** Python's two ways of formatting, without their ways into a value's attributes. */
final class TextFormat {

    private TextFormat() {}

    /** {@code text % arguments}: {@code %s %r %d %i %f %x %%} with width and precision. */
    static String percent(String format, List<Object> arguments, Object whole, RenderBudget budget) {
        StringBuilder out = new StringBuilder();
        int used = 0;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int kind = i + 1;
            Object value = null;
            if (kind < format.length() && format.charAt(kind) == '(') {
                int close = format.indexOf(')', kind);
                if (close < 0 || !(whole instanceof Map<?, ?> map)) {
                    throw TemplateFailure.failed("format wants a mapping");
                }
                value = map.get(format.substring(kind + 1, close));
                kind = close + 1;
            }
            int spec = kind;
            while (kind < format.length() && "-+ 0123456789.".indexOf(format.charAt(kind)) >= 0) {
                kind++;
            }
            if (kind >= format.length()) {
                throw TemplateFailure.failed("incomplete format");
            }
            if (format.charAt(kind) == '%') {
                out.append('%');
            } else {
                if (value == null) {
                    if (used >= arguments.size()) {
                        throw TemplateFailure.failed("not enough arguments for format: found=" + arguments.size());
                    }
                    value = arguments.get(used++);
                }
                String converted = converted(value, format.substring(spec, kind), format.charAt(kind), '>');
                budget.append(out, converted);
            }
            i = kind;
        }
        if (used < arguments.size() && !(whole instanceof Map<?, ?>)) {
            throw TemplateFailure
                    .failed("not all arguments converted: expected=" + used + ", found=" + arguments.size());
        }
        return budget.text(out.toString());
    }

    /** {@code text.format(…)}: fields by position or name, with fill, alignment, width, precision and type. */
    static String braces(String format, CallArguments arguments, RenderBudget budget) {
        StringBuilder out = new StringBuilder();
        int automatic = 0;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '{' && c != '}') {
                out.append(c);
                continue;
            }
            if (i + 1 < format.length() && format.charAt(i + 1) == c) {
                out.append(c);
                i++;
                continue;
            }
            int close = format.indexOf('}', i);
            if (c == '}' || close < 0) {
                throw TemplateFailure.failed("unbalanced brace in format");
            }
            String field = format.substring(i + 1, close);
            int colon = field.indexOf(':');
            String name = colon < 0 ? field : field.substring(0, colon);
            Object value = name.isEmpty()
                    ? argument(arguments, String.valueOf(automatic++))
                    : argument(arguments, name);
            budget.append(out, specified(value, colon < 0 ? "" : field.substring(colon + 1)));
            i = close;
        }
        return budget.text(out.toString());
    }

    private static Object argument(CallArguments arguments, String name) {
        boolean position = name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 6;
        Object value = position
                ? Integer.parseInt(name) < arguments.size() ? arguments.positional().get(Integer.parseInt(name)) : null
                : arguments.named().get(name);
        if (value == null) {
            throw TemplateFailure.failed("format field is out of bounds: name=" + name);
        }
        return value;
    }

    private static String specified(Object value, String spec) {
        if (spec.isEmpty()) {
            return Values.text(value);
        }
        int from = 0;
        char align = value instanceof String ? '<' : '>';
        if ("<>^".indexOf(spec.charAt(0)) >= 0) {
            align = spec.charAt(0);
            from = 1;
        }
        char kind = spec.charAt(spec.length() - 1);
        boolean typed = Character.isLetter(kind);
        char type = typed ? kind : value instanceof Double && spec.indexOf('.') >= 0 ? 'f' : 's';
        return converted(value, spec.substring(from, typed ? spec.length() - 1 : spec.length()), type, align);
    }

    private static String converted(Object value, String spec, char kind, char align) {
        int dot = spec.indexOf('.');
        String flags = dot < 0 ? spec : spec.substring(0, dot);
        int precision = dot < 0 ? -1 : number(spec.substring(dot + 1));
        String text = switch (kind) {
            case 's' -> cut(Values.text(value), precision);
            case 'r' -> cut(Values.repr(value), precision);
            case 'd', 'i' ->
                String.valueOf(value instanceof Double d ? (long) (double) d : Numbers.integer(numeric(value)));
            case 'x' -> Long.toHexString(Numbers.integer(numeric(value)));
            case 'f' -> Numbers.fixed(Numbers.decimal(numeric(value)), precision < 0 ? 6 : precision);
            default -> throw TemplateFailure.failed("format is not supported: found=" + kind);
        };
        boolean plus = flags.startsWith("+") && kind != 's' && !text.startsWith("-");
        boolean left = flags.startsWith("-") || align == '<';
        String digits = flags.replaceAll("^[-+ ]+", "");
        int width = digits.isEmpty() ? 0 : number(digits);
        text = plus ? "+" + text : text;
        int missing = Math.max(0, width - PythonText.length(text));
        if (digits.startsWith("0") && kind != 's') {
            boolean signed = text.startsWith("-") || plus;
            return (signed ? text.substring(0, 1) : "") + "0".repeat(missing) + text.substring(signed ? 1 : 0);
        }
        int before = left ? 0 : align == '^' ? missing / 2 : missing;
        return " ".repeat(before) + text + " ".repeat(missing - before);
    }

    private static Object numeric(Object value) {
        if (value instanceof Long || value instanceof Double || value instanceof Boolean) {
            return value;
        }
        throw TemplateFailure.failed("format wants a number: found=" + Values.type(value));
    }

    private static String cut(String text, int precision) {
        return precision < 0 || precision >= PythonText.length(text) ? text : PythonText.substring(text, 0, precision);
    }

    /** Widths beyond a thousand are no layout. */
    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw TemplateFailure.failed("format width is not supported: found=" + digits);
        }
        return Integer.parseInt(digits);
    }
}
