package dev.outpost.engine.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Methods of texts, as Python has them. */
final class TextMethods {

    private final RenderBudget budget;

    TextMethods(RenderBudget budget) {
        this.budget = budget;
    }

    /** @return the method bound to the text, or null where there is none of that name */
    Callable method(String text, String name) {
        Callable method = switch (name) {
            case "strip" -> arguments -> strip(text, arguments, true, true);
            case "lstrip" -> arguments -> strip(text, arguments, true, false);
            case "rstrip" -> arguments -> strip(text, arguments, false, true);
            case "upper" -> _ -> PythonText.upper(text);
            case "lower", "casefold" -> _ -> PythonText.lower(text);
            case "title" -> _ -> PythonText.title(text);
            case "capitalize" -> _ -> PythonText.capitalize(text);
            case "swapcase" -> _ -> swapCase(text);
            case "split" -> arguments -> split(text, arguments, false);
            case "rsplit" -> arguments -> split(text, arguments, true);
            case "splitlines" -> arguments -> splitLines(text, arguments.flag(0, "keepends"));
            case "partition" -> arguments -> partition(text, arguments.text(0, "sep", null), false);
            case "rpartition" -> arguments -> partition(text, arguments.text(0, "sep", null), true);
            case "join" -> arguments -> join(text, Values.elements(arguments.require(0, "iterable")));
            case "replace" -> arguments -> replace(text, arguments.text(0, "old", null), arguments.text(1, "new", null),
                    arguments.integer(2, "count", -1));
            case "removeprefix" -> arguments -> text.startsWith(arguments.text(0, "prefix", null))
                    ? text.substring(arguments.text(0, "prefix", null).length())
                    : text;
            case "removesuffix" -> arguments -> text.endsWith(arguments.text(0, "suffix", null))
                    ? text.substring(0, text.length() - arguments.text(0, "suffix", null).length())
                    : text;
            case "format" -> arguments -> TextFormat.braces(text, arguments, budget);
            default -> question(text, name);
        };
        return method == null ? null : charged(text, method);
    }

    /** A method reads its text. */
    private Callable charged(String text, Callable method) {
        return arguments -> {
            budget.characters(text.length());
            Object result = method.call(arguments);
            return result instanceof String made ? budget.text(made) : result;
        };
    }

    private Callable question(String text, String name) {
        return switch (name) {
            case "startswith" -> arguments -> matches(text, arguments.require(0, "prefix"), true);
            case "endswith" -> arguments -> matches(text, arguments.require(0, "suffix"), false);
            case "find" -> arguments -> find(text, arguments.text(0, "sub", null), false);
            case "rfind" -> arguments -> find(text, arguments.text(0, "sub", null), true);
            case "index" -> arguments -> found(find(text, arguments.text(0, "sub", null), false));
            case "rindex" -> arguments -> found(find(text, arguments.text(0, "sub", null), true));
            case "count" -> arguments -> count(text, arguments.text(0, "sub", null));
            case "isspace" -> _ -> PythonText.isSpace(text);
            case "isalpha" -> _ -> all(text, Character::isLetter);
            case "isdigit", "isdecimal" -> _ -> all(text, Character::isDigit);
            case "isnumeric" -> _ -> all(text, TextMethods::isNumeric);
            case "isalnum" -> _ -> all(text, c -> Character.isLetter(c) || isNumeric(c));
            case "isascii" -> _ -> text.chars().allMatch(c -> c < 0x80);
            case "islower" -> _ -> cased(text, true);
            case "isupper" -> _ -> cased(text, false);
            case "zfill" -> arguments -> zeroFilled(text, arguments.integer(0, "width", 0));
            case "ljust" -> arguments -> padded(text, arguments, false, true);
            case "rjust" -> arguments -> padded(text, arguments, true, false);
            case "center" -> arguments -> padded(text, arguments, true, true);
            default -> null;
        };
    }

    private static boolean isNumeric(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    private static boolean all(String text, IntPredicate kind) {
        return !text.isEmpty() && text.codePoints().allMatch(kind);
    }

    static boolean cased(String text, boolean lower) {
        boolean any = text.codePoints().anyMatch(c -> lower ? Character.isLowerCase(c) : Character.isUpperCase(c));
        return any && text.codePoints().noneMatch(
                c -> Character.isTitleCase(c) || (lower ? Character.isUpperCase(c) : Character.isLowerCase(c)));
    }

    private static String strip(String text, CallArguments arguments, boolean left, boolean right) {
        Object characters = arguments.get(0, "chars", None.NONE);
        return characters == None.NONE
                ? PythonText.strip(text, left, right)
                : PythonText.strip(text, arguments.text(0, "chars", null), left, right);
    }

    private static String swapCase(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().mapToObj(Character::toString)
                .forEach(c -> out.append(cased(c, true) ? PythonText.upper(c) : PythonText.lower(c)));
        return out.toString();
    }

    private List<Object> split(String text, CallArguments arguments, boolean fromRight) {
        int most = arguments.integer(1, "maxsplit", -1);
        Object separator = arguments.get(0, "sep", None.NONE);
        List<Object> parts = new ArrayList<>();
        if (separator == None.NONE) {
            splitAtSpace(text, most, fromRight, parts);
        } else {
            splitAt(text, arguments.text(0, "sep", null), most, fromRight, parts);
        }
        return budget.list(fromRight ? parts.reversed() : parts);
    }

    private static void splitAt(String text, String separator, int most, boolean fromRight, List<Object> parts) {
        if (separator.isEmpty()) {
            throw TemplateFailure.failed("empty separator");
        }
        int from = 0;
        int to = text.length();
        while (most < 0 || parts.size() < most) {
            int at = fromRight
                    ? to < separator.length() ? -1 : text.lastIndexOf(separator, to - separator.length())
                    : text.indexOf(separator, from);
            if (at < 0) {
                break;
            }
            parts.add(fromRight ? text.substring(at + separator.length(), to) : text.substring(from, at));
            from = at + separator.length();
            to = at;
        }
        parts.add(fromRight ? text.substring(0, to) : text.substring(from));
    }

    /** Runs of white space part words; what is left after the last split keeps its inner and far white space. */
    private static void splitAtSpace(String text, int most, boolean fromRight, List<Object> parts) {
        int step = fromRight ? -1 : 1;
        int at = fromRight ? text.length() - 1 : 0;
        while (true) {
            at = skip(text, at, step, true);
            if (at < 0 || at >= text.length()) {
                return;
            }
            if (most >= 0 && parts.size() == most) {
                parts.add(fromRight ? text.substring(0, at + 1) : text.substring(at));
                return;
            }
            int end = skip(text, at, step, false);
            parts.add(fromRight ? text.substring(end + 1, at + 1) : text.substring(at, end));
            at = end;
        }
    }

    private static int skip(String text, int from, int step, boolean space) {
        int at = from;
        while (at >= 0 && at < text.length() && PythonText.isSpace(text.charAt(at)) == space) {
            at += step;
        }
        return at;
    }

    static List<Object> splitLines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x0A && c <= 0x0D || c >= 0x1C && c <= 0x1E || c == 0x85 || c == 0x2028 || c == 0x2029) {
                int end = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
                lines.add(text.substring(from, keepEnds ? end : i));
                from = end;
                i = end - 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    private static Tuple partition(String text, String separator, boolean last) {
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private String join(String separator, List<Object> parts) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (!(parts.get(i) instanceof String part)) {
                throw TemplateFailure.failed("join wants text: index=" + i + ", found=" + Values.type(parts.get(i)));
            }
            budget.append(out, i > 0 ? separator : "");
            budget.append(out, part);
        }
        return out.toString();
    }

    String replace(String text, String old, String with, int count) {
        if (old.isEmpty()) {
            return insertedBetween(text, with, count);
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        int done = 0;
        for (int at = text.indexOf(old); at >= 0 && done != count; at = text.indexOf(old, from), done++) {
            budget.append(out, text.substring(from, at));
            budget.append(out, with);
            from = at + old.length();
        }
        budget.append(out, text.substring(from));
        return out.toString();
    }

    private String insertedBetween(String text, String with, int count) {
        StringBuilder out = new StringBuilder();
        int done = 0;
        for (int c : text.codePoints().toArray()) {
            if (done++ < count || count < 0) {
                budget.append(out, with);
            }
            out.appendCodePoint(c);
        }
        if (done < count || count < 0) {
            budget.append(out, with);
        }
        return out.toString();
    }

    private static boolean matches(String text, Object affix, boolean start) {
        return switch (affix) {
            case String one -> start ? text.startsWith(one) : text.endsWith(one);
            case List<?> several -> several.stream().anyMatch(one -> matches(text, one, start));
            default -> throw TemplateFailure.failed("affix is no text: found=" + Values.type(affix));
        };
    }

    private static Object find(String text, String part, boolean last) {
        int at = last ? text.lastIndexOf(part) : text.indexOf(part);
        return at < 0 ? -1L : (long) text.codePointCount(0, at);
    }

    private static Object found(Object position) {
        if (position.equals(-1L)) {
            throw TemplateFailure.failed("substring not found");
        }
        return position;
    }

    private static Object count(String text, String part) {
        if (part.isEmpty()) {
            return PythonText.length(text) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private String zeroFilled(String text, int width) {
        int missing = Math.max(0, width - PythonText.length(text));
        budget.characters(missing);
        boolean signed = text.startsWith("-") || text.startsWith("+");
        return (signed ? text.substring(0, 1) : "") + "0".repeat(missing) + text.substring(signed ? 1 : 0);
    }

    private Object padded(String text, CallArguments arguments, boolean left, boolean right) {
        return padded(text, arguments.integer(0, "width", 0), arguments.text(1, "fillchar", " "), left, right);
    }

    String padded(String text, int width, String fill, boolean left, boolean right) {
        int missing = Math.max(0, width - PythonText.length(text));
        budget.characters((long) missing * fill.length());
        // Python puts the odd one on the left where the width is odd.
        int before = !left ? 0 : !right ? missing : missing / 2 + (missing & width & 1);
        return fill.repeat(before) + text + fill.repeat(missing - before);
    }
}
