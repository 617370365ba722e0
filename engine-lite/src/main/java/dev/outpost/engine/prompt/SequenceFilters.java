package dev.outpost.engine.prompt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Filters over lists, and over what else can be looped over. */
final class SequenceFilters {

    private final RenderBudget budget;
    private final Attributes attributes;
    private final Tests tests;
    private final Filters filters;

    SequenceFilters(RenderBudget budget, Attributes attributes, Tests tests, Filters filters) {
        this.budget = budget;
        this.attributes = attributes;
        this.tests = tests;
        this.filters = filters;
    }

    Object apply(String name, Object value, CallArguments arguments) {
        if (!Filters.exists(name)) {
            throw TemplateFailure.failed("filter is unknown: name=" + name);
        }
        // These look at nothing where there is nothing, None included.
        boolean lenient = name.equals("map") || name.startsWith("select") || name.startsWith("reject");
        List<Object> elements = lenient && !Values.truth(value) ? List.of() : budget.list(Values.elements(value));
        return switch (name) {
            case "first" ->
                elements.isEmpty() ? new Undefined("sequence is empty, there is no first item") : elements.getFirst();
            case "last" ->
                elements.isEmpty() ? new Undefined("sequence is empty, there is no last item") : elements.getLast();
            case "list" -> new ArrayList<>(elements);
            case "reverse" -> value instanceof String text
                    ? new StringBuilder(text).reverse().toString()
                    : new ArrayList<>(elements.reversed());
            case "join" -> join(elements, arguments);
            case "map" -> map(elements, arguments);
            case "select" -> select(elements, arguments, true);
            case "reject" -> select(elements, arguments, false);
            case "selectattr" -> selectAttribute(elements, arguments, true);
            case "rejectattr" -> selectAttribute(elements, arguments, false);
            case "dictsort" -> sortedEntries(value, arguments);
            case "sort" -> sorted(elements, key(arguments, 2, 1), arguments.flag(0, "reverse"));
            case "unique" -> unique(elements, arguments);
            case "min" -> extreme(elements, arguments, false);
            case "max" -> extreme(elements, arguments, true);
            case "sum" -> sum(elements, arguments);
            case "groupby" -> groups(elements, arguments);
            case "batch" -> batches(elements, arguments);
            case "slice" -> slices(elements, arguments);
            default -> throw TemplateFailure.failed("filter is unknown: name=" + name);
        };
    }

    private String join(List<Object> elements, CallArguments arguments) {
        String separator = Values.text(arguments.get(0, "d", ""));
        Function<Object, Object> attribute = attribute(arguments.get(1, "attribute", None.NONE));
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < elements.size(); i++) {
            budget.append(out, i > 0 ? separator : "");
            budget.append(out, Values.text(attribute.apply(elements.get(i))));
        }
        return out.toString();
    }

    private List<Object> map(List<Object> elements, CallArguments arguments) {
        if (arguments.size() > 0) {
            return filters.each(elements, Values.text(arguments.positional().getFirst()), arguments.from(1));
        }
        Function<Object, Object> attribute = attribute(arguments.require(0, "attribute"),
                arguments.named().get("default"));
        List<Object> out = new ArrayList<>(elements.size());
        for (Object element : elements) {
            out.add(attribute.apply(element));
        }
        return out;
    }

    private List<Object> select(List<Object> elements, CallArguments arguments, boolean wanted) {
        return kept(elements, element -> element, arguments, wanted);
    }

    private List<Object> selectAttribute(List<Object> elements, CallArguments arguments, boolean wanted) {
        return kept(elements, attribute(arguments.require(0, "attribute")), arguments.from(1), wanted);
    }

    private List<Object> kept(List<Object> elements, Function<Object, Object> of, CallArguments test, boolean wanted) {
        List<Object> kept = new ArrayList<>();
        for (Object element : elements) {
            budget.step();
            Object value = of.apply(element);
            boolean holds = test.size() == 0
                    ? Values.truth(value)
                    : tests.holds(Values.text(test.positional().getFirst()), value, test.from(1));
            if (holds == wanted) {
                kept.add(element);
            }
        }
        return kept;
    }

    private Function<Object, Object> attribute(Object path) {
        return attribute(path, null);
    }

    /**
     * A dotted path of fields and indexes; none is the element itself.
     *
     * @param otherwise for a part that is missing, or null
     */
    private Function<Object, Object> attribute(Object path, Object otherwise) {
        if (path == None.NONE) {
            return element -> element;
        }
        if (path instanceof Long) {
            return element -> attributes.item(element, path);
        }
        String[] parts = Values.text(path).split("\\.");
        return element -> {
            Object value = element;
            for (String part : parts) {
                budget.step();
                boolean index = !part.isEmpty() && part.length() < 10
                        && part.chars().allMatch(c -> c >= '0' && c <= '9');
                value = attributes.item(value, index ? (Object) Long.valueOf(part) : part);
                value = value instanceof Undefined && otherwise != null ? otherwise : value;
            }
            return value;
        };
    }

    /** What to order by; several paths with commas order by the first, then by the next. */
    private Function<Object, Object> key(CallArguments arguments, int attributeAt, int caseAt) {
        boolean caseSensitive = arguments.flag(caseAt, "case_sensitive");
        Object path = arguments.get(attributeAt, "attribute", None.NONE);
        if (path instanceof String paths && paths.indexOf(',') >= 0) {
            List<Function<Object, Object>> keys = new ArrayList<>();
            for (String one : paths.split(",")) {
                keys.add(key(attribute(one), caseSensitive));
            }
            return element -> new Tuple(keys.stream().map(key -> key.apply(element)).toList());
        }
        return key(attribute(path), caseSensitive);
    }

    private static Function<Object, Object> key(Function<Object, Object> attribute, boolean caseSensitive) {
        return element -> {
            Object value = attribute.apply(element);
            return value instanceof String text && !caseSensitive ? PythonText.lower(text) : value;
        };
    }

    private List<Object> sorted(List<Object> elements, Function<Object, Object> key, boolean reverse) {
        List<Object> sorted = new ArrayList<>(elements);
        Comparator<Object> order = (a, b) -> {
            budget.step();
            return Values.compare(key.apply(a), key.apply(b), budget);
        };
        sorted.sort(reverse ? order.reversed() : order);
        return sorted;
    }

    private List<Object> sortedEntries(Object value, CallArguments arguments) {
        if (!(value instanceof Map<?, ?> map)) {
            throw TemplateFailure.failed("dictsort wants a mapping: found=" + Values.type(value));
        }
        boolean caseSensitive = arguments.flag(0, "case_sensitive");
        long part = arguments.text(1, "by", "key").equals("value") ? 1 : 0;
        return sorted(attributes.items(map), entry -> {
            Object key = attributes.item(entry, part);
            return key instanceof String text && !caseSensitive ? PythonText.lower(text) : key;
        }, arguments.flag(2, "reverse"));
    }

    private List<Object> unique(List<Object> elements, CallArguments arguments) {
        Function<Object, Object> key = key(arguments, 1, 0);
        List<Object> keys = new ArrayList<>();
        List<Object> kept = new ArrayList<>();
        for (Object element : elements) {
            budget.elements(keys.size());
            Object own = key.apply(element);
            if (keys.stream().noneMatch(other -> Values.same(own, other, budget))) {
                keys.add(own);
                kept.add(element);
            }
        }
        return kept;
    }

    private Object extreme(List<Object> elements, CallArguments arguments, boolean greatest) {
        if (elements.isEmpty()) {
            return new Undefined("sequence is empty");
        }
        Function<Object, Object> key = key(arguments, 1, 0);
        Object best = elements.getFirst();
        for (Object element : elements) {
            budget.step();
            int order = Values.compare(key.apply(element), key.apply(best), budget);
            best = greatest ? order > 0 ? element : best : order < 0 ? element : best;
        }
        return best;
    }

    private Object sum(List<Object> elements, CallArguments arguments) {
        Function<Object, Object> attribute = attribute(arguments.get(0, "attribute", None.NONE));
        Object total = arguments.get(1, "start", 0L);
        for (Object element : elements) {
            Object value = attribute.apply(element);
            if (!Values.isNumber(value)) {
                throw TemplateFailure.failed("sum wants numbers: found=" + Values.type(value));
            }
            total = Numbers.apply("+", total, value);
        }
        return total;
    }

    private List<Object> groups(List<Object> elements, CallArguments arguments) {
        Function<Object, Object> attribute = attribute(arguments.require(0, "attribute"),
                arguments.get(1, "default", null));
        Function<Object, Object> key = key(attribute, arguments.flag(2, "case_sensitive"));
        List<Object> groups = new ArrayList<>();
        Object last = null;
        List<Object> members = List.of();
        for (Object element : sorted(elements, key, false)) {
            Object own = key.apply(element);
            if (last == null || !Values.same(own, last, budget)) {
                members = new ArrayList<>();
                groups.add(new Tuple(List.of(attribute.apply(element), members), List.of("grouper", "list")));
                last = own;
            }
            members.add(element);
        }
        return groups;
    }

    private List<Object> batches(List<Object> elements, CallArguments arguments) {
        int size = Math.max(1, arguments.integer(0, "linecount", 1));
        Object fill = arguments.get(1, "fill_with", None.NONE);
        List<Object> batches = new ArrayList<>();
        for (int i = 0; i < elements.size(); i += size) {
            List<Object> batch = new ArrayList<>(elements.subList(i, Math.min(elements.size(), i + size)));
            budget.elements(fill == None.NONE ? 0 : size);
            while (fill != None.NONE && batch.size() < size) {
                batch.add(fill);
            }
            batches.add(batch);
        }
        return batches;
    }

    private List<Object> slices(List<Object> elements, CallArguments arguments) {
        int count = Math.clamp(arguments.integer(0, "slices", 1), 1, RenderBudget.RANGE_LIMIT);
        budget.elements(count);
        Object fill = arguments.get(1, "fill_with", None.NONE);
        int size = elements.size() / count;
        int longer = elements.size() % count;
        List<Object> slices = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = from + size + (i < longer ? 1 : 0);
            List<Object> slice = new ArrayList<>(elements.subList(from, to));
            if (fill != None.NONE && i >= longer) {
                slice.add(fill);
            }
            slices.add(slice);
            from = to;
        }
        return slices;
    }
}
