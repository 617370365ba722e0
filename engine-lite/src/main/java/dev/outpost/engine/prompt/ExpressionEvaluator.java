package dev.outpost.engine.prompt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of expressions. */
final class ExpressionEvaluator {

    private final RenderBudget budget;
    private final Attributes attributes;
    private final Tests tests;
    private final Filters filters;

    ExpressionEvaluator(RenderBudget budget) {
        this.budget = budget;
        this.attributes = new Attributes(budget);
        this.tests = new Tests(budget);
        this.filters = new Filters(budget, attributes, tests);
    }

    Object value(Expression expression, Scope scope) {
        budget.enter();
        Object value = evaluate(expression, scope);
        budget.leave();
        return value;
    }

    private Object evaluate(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListOf list -> values(list.elements(), scope);
            case Expression.TupleOf tuple -> new Tuple(values(tuple.elements(), scope));
            case Expression.MapOf map -> map(map, scope);
            case Expression.Negate minus -> negated(value(minus.operand(), scope));
            case Expression.Plus plus -> Numbers.apply("+", 0L, number(value(plus.operand(), scope)));
            case Expression.Not not -> !Values.truth(value(not.operand(), scope));
            case Expression.Both both -> firstWith(both.operands(), false, scope);
            case Expression.Either either -> firstWith(either.operands(), true, scope);
            case Expression.Arithmetic chain -> arithmetic(chain, scope);
            case Expression.Compare chain -> compare(chain, scope);
            case Expression.Concatenate chain -> concatenated(chain.operands(), scope);
            case Expression.Conditional choice -> conditional(choice, scope);
            case Expression.Attribute attribute ->
                attributes.attribute(value(attribute.target(), scope), attribute.name());
            case Expression.Item item -> attributes.item(value(item.target(), scope), value(item.key(), scope));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(value(call.target(), scope), arguments(call.arguments(), scope));
            case Expression.Filter filter ->
                filtered(filter.name(), value(filter.target(), scope), arguments(filter.arguments(), scope));
            case Expression.Test test ->
                tests.holds(test.name(), value(test.target(), scope), arguments(test.arguments(), scope)) != test
                        .negated();
        };
    }

    Object filtered(String name, Object value, CallArguments arguments) {
        return filters.apply(name, value, arguments);
    }

    Object call(Object target, CallArguments arguments) {
        return switch (target) {
            case Callable callable -> callable.call(arguments);
            case Undefined undefined -> throw undefined.used();
            default -> throw TemplateFailure.failed("value cannot be called: found=" + Values.type(target));
        };
    }

    CallArguments arguments(Expression.Arguments written, Scope scope) {
        if (written == Expression.Arguments.NONE) {
            return CallArguments.NONE;
        }
        List<Object> positional = values(written.positional(), scope);
        if (written.spread().isPresent()) {
            positional.addAll(budget.list(Values.elements(value(written.spread().get(), scope))));
        }
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < written.names().size(); i++) {
            named.put(written.names().get(i), value(written.named().get(i), scope));
        }
        if (written.namedSpread().isPresent()
                && value(written.namedSpread().get(), scope) instanceof Map<?, ?> spread) {
            budget.elements(spread.size());
            spread.forEach((key, element) -> named.put(Values.text(key), element));
        }
        return new CallArguments(positional, named);
    }

    private List<Object> values(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Map<Object, Object> map(Expression.MapOf written, Scope scope) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < written.keys().size(); i++) {
            map.put(value(written.keys().get(i), scope), value(written.values().get(i), scope));
        }
        return map;
    }

    private static Object negated(Object value) {
        return value instanceof Double number ? (Object) (-number) : Numbers.apply("-", 0L, number(value));
    }

    private static Object number(Object value) {
        if (Values.isNumber(Values.defined(value))) {
            return value;
        }
        throw TemplateFailure.failed("value is no number: found=" + Values.type(value));
    }

    /** {@code or} gives the first true operand, {@code and} the first false one; else the last. */
    private Object firstWith(List<Expression> operands, boolean truth, Scope scope) {
        Object value = None.NONE;
        for (Expression operand : operands) {
            value = value(operand, scope);
            if (Values.truth(value) == truth) {
                return value;
            }
        }
        return value;
    }

    private Object conditional(Expression.Conditional choice, Scope scope) {
        if (Values.truth(value(choice.condition(), scope))) {
            return value(choice.then(), scope);
        }
        return choice.otherwise().map(otherwise -> value(otherwise, scope))
                .orElseGet(() -> new Undefined("the condition is false and there is no else"));
    }

    private Object arithmetic(Expression.Arithmetic chain, Scope scope) {
        Object left = value(chain.first(), scope);
        for (int i = 0; i < chain.operators().size(); i++) {
            left = arithmetic(chain.operators().get(i), left, value(chain.rest().get(i), scope));
        }
        return left;
    }

    private Object arithmetic(String operator, Object left, Object right) {
        if (left instanceof String text && operator.equals("%")) {
            List<Object> arguments = right instanceof Tuple tuple ? tuple : List.of(right);
            return TextFormat.percent(text, arguments, right, budget);
        }
        Values.defined(left);
        Values.defined(right);
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return Numbers.apply(operator, left, right);
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            budget.characters((long) a.length() + b.length());
            return a.concat(b);
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            return joined(a, b);
        }
        if (operator.equals("*") && (Numbers.isInteger(right) || Numbers.isInteger(left))) {
            return Numbers.isInteger(right) ? repeated(left, Values.index(right)) : repeated(right, Values.index(left));
        }
        throw TemplateFailure
                .failed("operator does not apply: operator=" + operator + ", found=" + Values.type(left) + ","
                        + Values.type(right));
    }

    private Object joined(List<?> a, List<?> b) {
        budget.elements((long) a.size() + b.size());
        List<Object> all = new ArrayList<>(a);
        all.addAll(b);
        return a instanceof Tuple ? new Tuple(all) : all;
    }

    private Object repeated(Object value, int count) {
        int times = Math.max(count, 0);
        if (value instanceof String text) {
            budget.characters((long) text.length() * times);
            return text.repeat(times);
        }
        if (value instanceof List<?> list) {
            budget.elements((long) list.size() * times);
            List<Object> all = new ArrayList<>();
            Collections.nCopies(times, list).forEach(all::addAll);
            return all;
        }
        throw TemplateFailure.failed("value cannot be repeated: found=" + Values.type(value));
    }

    private Object compare(Expression.Compare chain, Scope scope) {
        Object left = value(chain.first(), scope);
        for (int i = 0; i < chain.operators().size(); i++) {
            Object right = value(chain.rest().get(i), scope);
            if (!compare(chain.operators().get(i), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private boolean compare(String operator, Object left, Object right) {
        charge(left);
        charge(right);
        return switch (operator) {
            case "==" -> Values.same(left, right, budget);
            case "!=" -> !Values.same(left, right, budget);
            case "in" -> Values.contains(right, left, budget);
            case "not in" -> !Values.contains(right, left, budget);
            case "<" -> Values.compare(left, right, budget) < 0;
            case "<=" -> Values.compare(left, right, budget) <= 0;
            case ">" -> Values.compare(left, right, budget) > 0;
            default -> Values.compare(left, right, budget) >= 0;
        };
    }

    /** Comparing reads what it compares. */
    private void charge(Object value) {
        switch (value) {
            case String text -> budget.characters(text.length());
            case List<?> list -> budget.elements(list.size());
            default -> {
                // Anything else is small, or looked up by key.
            }
        }
    }

    private String concatenated(List<Expression> operands, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expression operand : operands) {
            budget.append(text, Values.text(value(operand, scope)));
        }
        return text.toString();
    }

    private Object slice(Expression.Slice slice, Scope scope) {
        Object target = Values.defined(value(slice.target(), scope));
        Object from = slice.from().map(bound -> value(bound, scope)).orElse(None.NONE);
        Object to = slice.to().map(bound -> value(bound, scope)).orElse(None.NONE);
        Object step = slice.step().map(bound -> value(bound, scope)).orElse(None.NONE);
        return Slices.slice(target, from, to, step, budget);
    }
}
