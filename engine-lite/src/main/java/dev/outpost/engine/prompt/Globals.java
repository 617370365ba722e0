package dev.outpost.engine.prompt;

import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions a template can call. */
final class Globals {

    private final RenderBudget budget;
    private final Clock clock;

    Globals(RenderBudget budget, Clock clock) {
        this.budget = budget;
        this.clock = clock;
    }

    Map<String, Object> functions() {
        return Map.of("range", (Callable) this::range, "dict", (Callable) this::dict, "namespace",
                (Callable) this::namespace,
                "joiner", (Callable) Globals::joiner, "cycler", (Callable) Globals::cycler, "raise_exception",
                (Callable) Globals::raise, "strftime_now", (Callable) this::now);
    }

    private Object range(CallArguments arguments) {
        long from = arguments.size() > 1 ? number(arguments, 0) : 0;
        long to = number(arguments, arguments.size() > 1 ? 1 : 0);
        long step = arguments.size() > 2 ? number(arguments, 2) : 1;
        if (step == 0) {
            throw TemplateFailure.failed("range step is zero");
        }
        long count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
        if (count > RenderBudget.RANGE_LIMIT) {
            throw TemplateFailure.limit("range is too long: limit=" + RenderBudget.RANGE_LIMIT + ", found=" + count);
        }
        budget.elements(Math.max(count, 0));
        List<Object> numbers = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            numbers.add(from + i * step);
        }
        return numbers;
    }

    /** Within 32 bits, so that no difference overflows. */
    private static long number(CallArguments arguments, int index) {
        return Values.index(arguments.require(index, "stop"));
    }

    private Object dict(CallArguments arguments) {
        return fields(arguments);
    }

    private Object namespace(CallArguments arguments) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields(arguments).forEach((key, value) -> fields.put(Values.text(key), value));
        return new Namespace(fields);
    }

    private Map<Object, Object> fields(CallArguments arguments) {
        Map<Object, Object> fields = new LinkedHashMap<>();
        if (arguments.size() > 0) {
            switch (arguments.positional().getFirst()) {
                case Map<?, ?> map -> fields.putAll(map);
                case Object pairs -> Values.elements(pairs).forEach(pair -> {
                    List<Object> parts = Values.elements(pair);
                    if (parts.size() != 2) {
                        throw TemplateFailure.failed("dict wants pairs: found=" + parts.size());
                    }
                    fields.put(parts.get(0), parts.get(1));
                });
            }
        }
        fields.putAll(arguments.named());
        budget.elements(fields.size());
        return fields;
    }

    private static Object joiner(CallArguments arguments) {
        String separator = arguments.text(0, "sep", ", ");
        boolean[] used = {false};
        return (Callable) _ -> {
            String text = used[0] ? separator : "";
            used[0] = true;
            return text;
        };
    }

    private static Object cycler(CallArguments arguments) {
        if (arguments.size() == 0) {
            throw TemplateFailure.failed("cycler has nothing to cycle through");
        }
        int[] at = {0};
        Map<Object, Object> cycler = new LinkedHashMap<>();
        cycler.put("next", (Callable) _ -> arguments.positional().get(at[0]++ % arguments.size()));
        cycler.put("reset", (Callable) _ -> {
            at[0] = 0;
            return None.NONE;
        });
        return cycler;
    }

    private static Object raise(CallArguments arguments) {
        String message = Values.text(arguments.require(0, "message"));
        int shown = Math.min(message.length(), 500);
        throw TemplateFailure.refused("template refuses the messages: " + message.substring(0, shown));
    }

    private Object now(CallArguments arguments) {
        return budget.text(Clockwork.format(LocalDateTime.now(clock), arguments.text(0, "format", null)));
    }
}
