package dev.outpost.engine.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a dot and a bracket reach: map entries, list elements, characters, and a fixed list of methods that change nothing.
 * There is no way from a value to its class or to anything of the host.
 */
final class Attributes {

    private static final Set<String> MUTATORS = Set.of("append", "extend", "insert", "remove", "pop", "popitem",
            "clear",
            "sort", "reverse", "update", "setdefault", "add", "discard", "fromkeys");

    private final RenderBudget budget;
    private final TextMethods textMethods;

    Attributes(RenderBudget budget) {
        this.budget = budget;
        this.textMethods = new TextMethods(budget);
    }

    /** {@code target.name}: a method, else an entry of that name. */
    Object attribute(Object target, String name) {
        return switch (target) {
            case Undefined undefined -> throw undefined.used();
            case LoopState loop -> loop.get(name);
            case Evaluator.RecursiveLoop loop -> loop.state().get(name);
            case Namespace namespace -> namespace.get(name);
            default -> {
                confined(target, name);
                Object method = method(target, name);
                yield method != null ? method : entry(target, name);
            }
        };
    }

    /** {@code target[key]}: an entry, else a method of that name. */
    Object item(Object target, Object key) {
        Values.defined(target);
        if (target instanceof Map<?, ?> map) {
            Object value = map.get(key);
            if (value != null) {
                return value;
            }
        } else if (target instanceof List<?> list && Numbers.isInteger(key)) {
            int at = at(key, list.size());
            return at >= 0 ? list.get(at) : new Undefined("list has no element " + Values.repr(key));
        } else if (target instanceof String text && Numbers.isInteger(key)) {
            int at = at(key, PythonText.length(text));
            return at >= 0
                    ? PythonText.substring(text, at, at + 1)
                    : new Undefined("text has no character " + Values.repr(key));
        }
        if (key instanceof String name) {
            return attribute(target, name);
        }
        return new Undefined(Values.type(target) + " has no element " + Values.repr(key));
    }

    private static int at(Object key, int size) {
        long index = Numbers.integer(key);
        long at = index < 0 ? index + size : index;
        return at >= 0 && at < size ? (int) at : -1;
    }

    private static Object entry(Object target, String name) {
        if (target instanceof Map<?, ?> map && map.get(name) != null) {
            return map.get(name);
        }
        if (target instanceof Tuple tuple && tuple.named(name) != null) {
            return tuple.named(name);
        }
        return new Undefined("'" + Values.type(target) + " object' has no attribute '" + name + "'");
    }

    private static void confined(Object target, String name) {
        if (name.startsWith("_") && !(target instanceof Map<?, ?> map && map.containsKey(name))) {
            throw TemplateFailure.failed("attribute is out of bounds: name=" + name);
        }
        boolean mutable = target instanceof Map<?, ?> map ? !map.containsKey(name) : target instanceof List<?>;
        if (mutable && MUTATORS.contains(name)) {
            throw TemplateFailure.failed("template may not change its values: name=" + name);
        }
    }

    private Object method(Object target, String name) {
        return switch (target) {
            case String text -> textMethods.method(text, name);
            case Map<?, ?> map -> mapMethod(map, name);
            case List<?> list -> listMethod(list, name);
            default -> null;
        };
    }

    private Callable mapMethod(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" -> arguments -> {
                Object value = map.get(arguments.require(0, "key"));
                return value != null ? value : arguments.get(1, "default", None.NONE);
            };
            case "keys" -> _ -> budget.list(new ArrayList<>(map.keySet()));
            case "values" -> _ -> budget.list(new ArrayList<>(map.values()));
            case "items" -> _ -> items(map);
            case "copy" -> _ -> {
                budget.elements(map.size());
                return new LinkedHashMap<>(map);
            };
            default -> null;
        };
    }

    List<Object> items(Map<?, ?> map) {
        budget.elements(map.size());
        List<Object> items = new ArrayList<>(map.size());
        map.forEach((key, value) -> items.add(Tuple.of(key, value)));
        return items;
    }

    private Callable listMethod(List<?> list, String name) {
        return switch (name) {
            case "count" -> arguments -> {
                budget.elements(list.size());
                return list.stream().filter(element -> Values.same(element, arguments.require(0, "value"), budget))
                        .count();
            };
            case "index" -> arguments -> index(list, arguments.require(0, "value"));
            case "copy" -> _ -> budget.list(new ArrayList<>(list));
            default -> null;
        };
    }

    private Object index(List<?> list, Object wanted) {
        budget.elements(list.size());
        for (int i = 0; i < list.size(); i++) {
            if (Values.same(list.get(i), wanted, budget)) {
                return (long) i;
            }
        }
        throw TemplateFailure.failed("value is not in the list");
    }
}
