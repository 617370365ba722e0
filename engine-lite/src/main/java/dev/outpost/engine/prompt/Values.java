package dev.outpost.engine.prompt;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Python's semantics over the values a template can hold: String, Long, BigInteger, Double, Boolean, {@link None},
 * {@link Undefined}, List, Map, {@link Namespace}, {@link Callable}, {@link LoopState}.
 */
final class Values {

    private static final int IMPORT_DEPTH = 64;
    /** A value that holds another many times over shows more than it weighs. */
    private static final int SHOWN_LIMIT = 1 << 22;

    private Values() {}

    /** What the caller passed, as template values: nulls become None, other integers Long. */
    static Object imported(Object value) {
        return imported(value, 0);
    }

    private static Object imported(Object value, int depth) {
        if (depth > IMPORT_DEPTH) {
            throw TemplateFailure.limit("template variable is nested too deep: limit=" + IMPORT_DEPTH);
        }
        return switch (value) {
            case null -> None.NONE;
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new LinkedHashMap<>();
                map.forEach((key, element) -> copy.put(imported(key, depth + 1), imported(element, depth + 1)));
                yield copy;
            }
            case List<?> list -> {
                List<Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(imported(element, depth + 1)));
                yield copy;
            }
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            case String _,Long _,Double _,Boolean _,BigInteger _ -> value;
            default -> value.toString();
        };
    }

    static String type(Object value) {
        return switch (value) {
            case String _ -> "str";
            case Long _,BigInteger _ -> "int";
            case Double _ -> "float";
            case Boolean _ -> "bool";
            case None _ -> "NoneType";
            case Undefined _ -> "Undefined";
            case Tuple _ -> "tuple";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Namespace _ -> "Namespace";
            default -> "function";
        };
    }

    static boolean truth(Object value) {
        return switch (value) {
            case Boolean flag -> flag;
            case String text -> !text.isEmpty();
            case Long number -> number != 0;
            case Double number -> number != 0;
            case None _,Undefined _ -> false;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** {@code a == b}; what is inside lists and maps is charged. */
    static boolean same(Object a, Object b, RenderBudget budget) {
        if (isNumber(a) && isNumber(b)) {
            return Numbers.compare(a, b) == 0;
        }
        return switch (a) {
            case Undefined _ -> b instanceof Undefined;
            case List<?> list -> b instanceof List<?> other && sameLists(list, other, budget);
            case Map<?, ?> map -> b instanceof Map<?, ?> other && sameMaps(map, other, budget);
            default -> a.equals(b);
        };
    }

    private static boolean sameLists(List<?> a, List<?> b, RenderBudget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        Iterator<?> other = b.iterator();
        for (Object element : a) {
            budget.step();
            if (!same(element, other.next(), budget)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameMaps(Map<?, ?> a, Map<?, ?> b, RenderBudget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            budget.step();
            Object other = b.get(entry.getKey());
            if (other == null || !same(entry.getValue(), other, budget)) {
                return false;
            }
        }
        return true;
    }

    /** Order of numbers, texts (by code point) and lists; anything else fails. */
    static int compare(Object a, Object b, RenderBudget budget) {
        if (isNumber(a) && isNumber(b)) {
            return Numbers.compare(a, b);
        }
        if (a instanceof String left && b instanceof String right) {
            return compareText(left, right);
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                if (!same(left.get(i), right.get(i), budget)) {
                    return compare(left.get(i), right.get(i), budget);
                }
            }
            return Integer.compare(left.size(), right.size());
        }
        defined(a);
        defined(b);
        throw TemplateFailure.failed("values have no order: found=" + type(a) + "," + type(b));
    }

    private static int compareText(String a, String b) {
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                boolean surrogates = Character.isSurrogate(a.charAt(i)) || Character.isSurrogate(b.charAt(i));
                return surrogates
                        ? Integer.compare(a.codePointAt(i), b.codePointAt(i))
                        : Character.compare(a.charAt(i), b.charAt(i));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    static boolean contains(Object container, Object wanted, RenderBudget budget) {
        return switch (container) {
            case String text -> {
                if (wanted instanceof String part) {
                    yield text.contains(part);
                }
                defined(wanted);
                throw TemplateFailure.failed("text cannot contain this: found=" + type(wanted));
            }
            case Map<?, ?> map -> map.containsKey(wanted);
            default -> elements(container).stream().anyMatch(element -> same(element, wanted, budget));
        };
    }

    /** What a loop runs over: elements, keys, characters. */
    static List<Object> elements(Object value) {
        return switch (value) {
            case List<?> list -> viewOf(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text -> text.codePoints().<Object>mapToObj(Character::toString).toList();
            case Undefined _ -> List.of();
            default -> throw TemplateFailure.failed("value cannot be looped over: found=" + type(value));
        };
    }

    /** Lists of the evaluator hold objects, whatever their static type. */
    @SuppressWarnings("unchecked")
    static List<Object> viewOf(List<?> list) {
        return (List<Object>) list;
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean
                || value instanceof BigInteger;
    }

    static Object defined(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        return value;
    }

    /** An integer that indexes or counts; beyond 32 bits it is as good as the last. */
    static int index(Object value) {
        return switch (value) {
            case Long number -> Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case Boolean flag -> flag ? 1 : 0;
            case Undefined undefined -> throw undefined.used();
            default -> throw TemplateFailure.failed("value is no integer: found=" + type(value));
        };
    }

    /** {@code str(value)}. */
    static String text(Object value) {
        return switch (value) {
            case String text -> text;
            case Undefined _ -> "";
            default -> repr(value);
        };
    }

    static String repr(Object value) {
        if (isScalar(value)) {
            return scalar(value);
        }
        StringBuilder out = new StringBuilder();
        repr(value, out, 0);
        return out.toString();
    }

    private static boolean isScalar(Object value) {
        return !(value instanceof List<?>) && !(value instanceof Map<?, ?>);
    }

    private static String scalar(Object value) {
        return switch (value) {
            case String text -> PythonText.repr(text);
            case Boolean flag -> flag ? "True" : "False";
            case None _ -> "None";
            case Undefined _ -> "Undefined";
            case Long _,BigInteger _ -> value.toString();
            case Double number -> Numbers.repr(number);
            default -> "<" + type(value) + ">";
        };
    }

    private static void repr(Object value, StringBuilder out, int depth) {
        if (depth > 2 * IMPORT_DEPTH || out.length() > SHOWN_LIMIT) {
            throw TemplateFailure
                    .limit("value is too large to show: depthLimit=" + 2 * IMPORT_DEPTH + ", limit=" + SHOWN_LIMIT);
        }
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    repr(entry.getKey(), out.append(separator), depth + 1);
                    repr(entry.getValue(), out.append(": "), depth + 1);
                    separator = ", ";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                boolean tuple = list instanceof Tuple;
                out.append(tuple ? '(' : '[');
                for (int i = 0; i < list.size(); i++) {
                    repr(list.get(i), i > 0 ? out.append(", ") : out, depth + 1);
                }
                out.append(tuple ? list.size() == 1 ? ",)" : ")" : "]");
            }
            default -> out.append(scalar(value));
        }
    }
}
