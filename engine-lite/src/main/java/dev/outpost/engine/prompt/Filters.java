package dev.outpost.engine.prompt;

import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters by name. Those over sequences are in {@link SequenceFilters}, the text of JSON in {@link JsonText}. */
final class Filters {

    private static final Set<String> NAMES = Set.of("trim", "upper", "lower", "title", "capitalize", "replace",
            "indent", "string",
            "safe", "e", "escape", "forceescape", "default", "d", "int", "float", "abs", "round", "length", "count",
            "items",
            "tojson", "first", "last", "join", "list", "reverse", "map", "select", "reject", "selectattr", "rejectattr",
            "dictsort",
            "sort", "unique", "min", "max", "sum", "groupby", "batch", "slice", "attr", "format", "wordcount", "center",
            "truncate");

    private final RenderBudget budget;
    private final Attributes attributes;
    private final TextMethods texts;
    private final SequenceFilters sequences;

    Filters(RenderBudget budget, Attributes attributes, Tests tests) {
        this.budget = budget;
        this.attributes = attributes;
        this.texts = new TextMethods(budget);
        this.sequences = new SequenceFilters(budget, attributes, tests, this);
    }

    static boolean exists(String name) {
        return NAMES.contains(name);
    }

    Object apply(String name, Object value, CallArguments arguments) {
        return switch (name) {
            case "default", "d" -> otherwise(value, arguments);
            case "tojson" -> budget.text(JsonText.of(value, arguments));
            case "length", "count" -> length(value);
            case "int" -> integer(value, arguments);
            case "float" -> decimal(value, arguments.get(0, "default", 0.0));
            case "abs" -> absolute(value);
            case "round" -> rounded(value, arguments);
            case "items" -> items(value);
            case "attr" -> attributes.attribute(value, arguments.text(0, "name", null));
            case "safe", "string", "trim", "upper", "lower", "title", "capitalize", "replace", "indent", "e", "escape",
                    "forceescape", "wordcount", "center", "truncate", "format" ->
                text(name, value, arguments);
            default -> sequences.apply(name, value, arguments);
        };
    }

    private Object text(String name, Object value, CallArguments arguments) {
        String text = budget.text(Values.text(value));
        Object made = switch (name) {
            case "trim" -> arguments.get(0, "chars", None.NONE) == None.NONE
                    ? PythonText.strip(text, true, true)
                    : PythonText.strip(text, arguments.text(0, "chars", null), true, true);
            case "upper" -> PythonText.upper(text);
            case "lower" -> PythonText.lower(text);
            case "title" -> title(text);
            case "capitalize" -> PythonText.capitalize(text);
            case "replace" ->
                texts.replace(text, Values.text(arguments.require(0, "old")), Values.text(arguments.require(1, "new")),
                        arguments.get(2, "count", None.NONE) == None.NONE ? -1 : arguments.integer(2, "count", -1));
            case "indent" -> indented(text, arguments);
            case "e", "escape", "forceescape" -> escaped(text);
            case "wordcount" -> (long) text.split("\\W+").length;
            case "center" -> texts.padded(text, arguments.integer(0, "width", 80), " ", true, true);
            case "truncate" -> truncated(text, arguments);
            case "format" -> TextFormat.percent(text, new Tuple(arguments.positional()),
                    arguments.named().isEmpty() ? new Tuple(arguments.positional()) : arguments.named(), budget);
            default -> text;
        };
        return made instanceof String result ? budget.text(result) : made;
    }

    private static Object otherwise(Object value, CallArguments arguments) {
        boolean missing = value instanceof Undefined || arguments.flag(1, "boolean") && !Values.truth(value);
        return missing ? arguments.get(0, "default_value", "") : value;
    }

    private static Object length(Object value) {
        return switch (value) {
            case String text -> (long) PythonText.length(text);
            case List<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case Undefined _ -> 0L;
            default -> throw TemplateFailure.failed("value has no length: found=" + Values.type(value));
        };
    }

    private List<Object> items(Object value) {
        return switch (value) {
            case Map<?, ?> map -> attributes.items(map);
            case Undefined _ -> List.of();
            default -> throw TemplateFailure.failed("items wants a mapping: found=" + Values.type(value));
        };
    }

    private static Object integer(Object value, CallArguments arguments) {
        Object otherwise = arguments.get(0, "default", 0L);
        try {
            return switch (Values.defined(value)) {
                case String text -> parsed(text.strip().replace("_", ""), arguments.integer(1, "base", 10));
                case Double number when Double.isNaN(number) || Double.isInfinite(number) -> otherwise;
                case Double number -> (long) (double) number;
                case Boolean flag -> Numbers.integer(flag);
                case Long number -> number;
                default -> otherwise;
            };
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static long parsed(String text, int base) {
        try {
            boolean prefixed = base == 16 && text.startsWith("0x") || base == 8 && text.startsWith("0o")
                    || base == 2 && text.startsWith("0b");
            return Long.parseLong(prefixed ? text.substring(2) : text, base);
        } catch (NumberFormatException e) {
            if (base != 10) {
                throw e;
            }
            return (long) (double) Double.valueOf(text);
        }
    }

    private static Object decimal(Object value, Object otherwise) {
        try {
            return switch (Values.defined(value)) {
                case String text -> Double.valueOf(text.strip());
                case Long _,Double _,Boolean _ -> Numbers.decimal(value);
                default -> otherwise;
            };
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static Object absolute(Object value) {
        return switch (Values.defined(value)) {
            case Double number -> Math.abs(number);
            case Long number -> Math.absExact(number);
            case Boolean flag -> Numbers.integer(flag);
            default -> throw TemplateFailure.failed("abs wants a number: found=" + Values.type(value));
        };
    }

    private static Object rounded(Object value, CallArguments arguments) {
        if (!(value instanceof Double || Numbers.isInteger(value))) {
            throw TemplateFailure.failed("round wants a number: found=" + Values.type(value));
        }
        int digits = arguments.integer(0, "precision", 0);
        RoundingMode mode = switch (arguments.text(1, "method", "common")) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw TemplateFailure.failed("round knows common, ceil and floor");
        };
        if (Numbers.isInteger(value) && mode == RoundingMode.HALF_EVEN && digits >= 0) {
            return Numbers.integer(value);
        }
        return Numbers.rounded(Numbers.decimal(value), digits, mode);
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean starts = true;
        for (int c : text.codePoints().toArray()) {
            boolean separator = c == '-' || c == '(' || c == '{' || c == '[' || c == '<'
                    || c < 0x10000 && PythonText.isSpace((char) c);
            String one = Character.toString(c);
            out.append(separator ? one : starts ? PythonText.upper(one) : PythonText.lower(one));
            starts = separator;
        }
        return out.toString();
    }

    private String indented(String text, CallArguments arguments) {
        Object width = arguments.get(0, "width", 4L);
        String indent = width instanceof String given ? given : " ".repeat(Math.clamp(Values.index(width), 0, 1000));
        boolean blank = arguments.flag(2, "blank");
        List<Object> lines = TextMethods.splitLines(text + "\n", false);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            boolean indents = i == 0 ? arguments.flag(1, "first") : blank || !line.isEmpty();
            budget.append(out, (i > 0 ? "\n" : "") + (indents ? indent : ""));
            out.append(line);
        }
        return out.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace("\"",
                "&#34;");
    }

    private static String truncated(String text, CallArguments arguments) {
        int length = arguments.integer(0, "length", 255);
        String end = arguments.text(2, "end", "...");
        int leeway = arguments.get(3, "leeway", None.NONE) == None.NONE ? 5 : arguments.integer(3, "leeway", 5);
        if (PythonText.length(text) <= length + leeway) {
            return text;
        }
        if (length < end.length()) {
            throw TemplateFailure
                    .failed("truncate is shorter than its end: expected>=" + end.length() + ", found=" + length);
        }
        String cut = PythonText.substring(text, 0, length - end.length());
        int space = arguments.flag(1, "killwords") ? -1 : cut.lastIndexOf(' ');
        return (space < 0 ? cut : cut.substring(0, space)) + end;
    }

    /** Kept apart so that sequences of filters share one way in. */
    List<Object> each(List<Object> values, String filter, CallArguments arguments) {
        List<Object> out = new ArrayList<>(values.size());
        for (Object value : values) {
            budget.step();
            out.add(apply(filter, value, arguments));
        }
        return out;
    }
}
