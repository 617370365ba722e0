package dev.outpost.engine.prompt;

import java.util.List;
import java.util.Map;

/** What {@code is} can ask. */
final class Tests {

    private final RenderBudget budget;

    Tests(RenderBudget budget) {
        this.budget = budget;
    }

    boolean holds(String name, Object value, CallArguments arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "number" -> Values.isNumber(value);
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map<?, ?>;
            case "sequence", "iterable" ->
                value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>
                        || value instanceof Undefined;
            case "callable" -> value instanceof Callable;
            case "escaped" -> false;
            case "lower" -> TextMethods.cased(Values.text(value), true);
            case "upper" -> TextMethods.cased(Values.text(value), false);
            case "odd" -> Numbers.apply("%", number(value), 2L).equals(1L);
            case "even" -> Numbers.apply("%", number(value), 2L).equals(0L);
            case "divisibleby" ->
                Numbers.compare(Numbers.apply("%", number(value), number(arguments.require(0, "num"))), 0L) == 0;
            case "filter" -> Filters.exists(Values.text(value));
            default -> compares(name, value, arguments);
        };
    }

    private boolean compares(String name, Object value, CallArguments arguments) {
        Object other = arguments.size() > 0 ? arguments.positional().getFirst() : null;
        if (other == null) {
            throw TemplateFailure.failed("test is unknown or wants an argument: name=" + name);
        }
        return switch (name) {
            case "equalto", "eq", "==" -> Values.same(value, other, budget);
            case "ne", "!=" -> !Values.same(value, other, budget);
            case "sameas" -> value == other || !(value instanceof List<?> || value instanceof Map<?, ?>)
                    && value.getClass() == other.getClass() && Values.same(value, other, budget);
            case "in" -> Values.contains(other, value, budget);
            case "lessthan", "lt", "<" -> Values.compare(value, other, budget) < 0;
            case "le", "<=" -> Values.compare(value, other, budget) <= 0;
            case "greaterthan", "gt", ">" -> Values.compare(value, other, budget) > 0;
            case "ge", ">=" -> Values.compare(value, other, budget) >= 0;
            default -> throw TemplateFailure.failed("test is unknown: name=" + name);
        };
    }

    private static Object number(Object value) {
        if (Values.isNumber(Values.defined(value))) {
            return value;
        }
        throw TemplateFailure.failed("test wants a number: found=" + Values.type(value));
    }
}
