package dev.outpost.engine.prompt;

import dev.outpost.engine.prompt.Expression.Arguments;
import dev.outpost.engine.prompt.JinjaToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Expressions, by Jinja's precedence: conditional, or, and, not, comparison, {@code + -}, {@code ~}, {@code * / // %}, {@code **}. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
    private static final int CHAIN_LIMIT = 64;

    private final TokenCursor cursor;

    ExpressionParser(TokenCursor cursor) {
        this.cursor = cursor;
    }

    /** One expression, or a tuple without brackets. */
    Expression tuple() {
        Expression first = expression();
        if (!cursor.atOperator(",")) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",")) {
            if (endsTuple()) {
                break;
            }
            elements.add(expression());
        }
        return new Expression.TupleOf(elements);
    }

    private boolean endsTuple() {
        return cursor.at(Kind.VARIABLE_END) || cursor.at(Kind.BLOCK_END) || cursor.atOperator(")")
                || cursor.atOperator("]");
    }

    Expression expression() {
        cursor.enter();
        Expression value = either();
        while (cursor.skipName("if")) {
            Expression condition = either();
            Optional<Expression> otherwise = cursor.skipName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Expression.Conditional(condition, value, otherwise);
        }
        cursor.leave();
        return value;
    }

    /** Without a trailing conditional: what a loop runs over may be followed by its own {@code if}. */
    Expression either() {
        Expression first = both();
        if (!cursor.atName("or")) {
            return first;
        }
        List<Expression> operands = new ArrayList<>(List.of(first));
        while (cursor.skipName("or")) {
            operands.add(both());
        }
        return new Expression.Either(operands);
    }

    private Expression both() {
        Expression first = not();
        if (!cursor.atName("and")) {
            return first;
        }
        List<Expression> operands = new ArrayList<>(List.of(first));
        while (cursor.skipName("and")) {
            operands.add(not());
        }
        return new Expression.Both(operands);
    }

    private Expression not() {
        if (!cursor.skipName("not")) {
            return comparison();
        }
        cursor.enter();
        Expression operand = not();
        cursor.leave();
        return new Expression.Not(operand);
    }

    private Expression comparison() {
        Expression first = chain(Set.of("+", "-"), this::concatenation);
        List<String> operators = new ArrayList<>();
        List<Expression> rest = new ArrayList<>();
        while (true) {
            if (cursor.at(Kind.OPERATOR) && COMPARISONS.contains(cursor.current().text())) {
                operators.add(cursor.next().text());
            } else if (cursor.skipName("in")) {
                operators.add("in");
            } else if (cursor.atName("not") && cursor.ahead().is(Kind.NAME, "in")) {
                cursor.next();
                cursor.next();
                operators.add("not in");
            } else {
                return rest.isEmpty() ? first : new Expression.Compare(first, operators, rest);
            }
            rest.add(chain(Set.of("+", "-"), this::concatenation));
        }
    }

    private Expression concatenation() {
        Expression first = product();
        if (!cursor.atOperator("~")) {
            return first;
        }
        List<Expression> operands = new ArrayList<>(List.of(first));
        while (cursor.skipOperator("~")) {
            operands.add(product());
        }
        return new Expression.Concatenate(operands);
    }

    private Expression product() {
        return chain(Set.of("*", "/", "//", "%"), () -> chain(Set.of("**"), () -> unary(true)));
    }

    private Expression chain(Set<String> wanted, Supplier<Expression> operand) {
        Expression first = operand.get();
        List<String> operators = new ArrayList<>();
        List<Expression> rest = new ArrayList<>();
        while (cursor.at(Kind.OPERATOR) && wanted.contains(cursor.current().text())) {
            operators.add(cursor.next().text());
            rest.add(operand.get());
        }
        return rest.isEmpty() ? first : new Expression.Arithmetic(first, operators, rest);
    }

    private Expression unary(boolean filters) {
        Expression value = cursor.atOperator("-") || cursor.atOperator("+") ? signed() : primary();
        value = postfix(value);
        return filters ? filtersAndTests(value) : value;
    }

    private Expression signed() {
        boolean minus = cursor.next().text().equals("-");
        cursor.enter();
        Expression operand = unary(false);
        cursor.leave();
        return minus ? new Expression.Negate(operand) : new Expression.Plus(operand);
    }

    private Expression primary() {
        JinjaToken token = cursor.next();
        return switch (token.kind()) {
            case NAME -> switch (token.text()) {
                case "true", "True" -> new Expression.Literal(Boolean.TRUE);
                case "false", "False" -> new Expression.Literal(Boolean.FALSE);
                case "none", "None" -> new Expression.Literal(None.NONE);
                default -> new Expression.Name(token.text());
            };
            case STRING -> {
                StringBuilder text = new StringBuilder(token.value().toString());
                while (cursor.at(Kind.STRING)) {
                    text.append(cursor.next().value());
                }
                yield new Expression.Literal(text.toString());
            }
            case INTEGER, DECIMAL -> new Expression.Literal(token.value());
            case OPERATOR -> bracketed(token);
            default ->
                throw TemplateFailure.malformed("template cannot be read: expected=expression, found=" + token.kind()
                        + ", line=" + token.line());
        };
    }

    private Expression bracketed(JinjaToken open) {
        switch (open.text()) {
            case "(" -> {
                if (cursor.skipOperator(")")) {
                    return new Expression.TupleOf(List.of());
                }
                Expression value = tuple();
                cursor.expectOperator(")");
                return value;
            }
            case "[" -> {
                List<Expression> elements = new ArrayList<>();
                while (!cursor.skipOperator("]")) {
                    elements.add(expression());
                    if (!cursor.atOperator("]")) {
                        cursor.expectOperator(",");
                    }
                }
                return new Expression.ListOf(elements);
            }
            case "{" -> {
                return map();
            }
            default ->
                throw TemplateFailure.malformed("template cannot be read: expected=expression, found=" + open.text()
                        + ", line=" + open.line());
        }
    }

    private Expression map() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!cursor.skipOperator("}")) {
            keys.add(expression());
            cursor.expectOperator(":");
            values.add(expression());
            if (!cursor.atOperator("}")) {
                cursor.expectOperator(",");
            }
        }
        return new Expression.MapOf(keys, values);
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        for (int links = 0;; links++) {
            limit(links);
            if (cursor.skipOperator(".")) {
                JinjaToken name = cursor.next();
                value = switch (name.kind()) {
                    case NAME -> new Expression.Attribute(value, name.text());
                    case INTEGER -> new Expression.Item(value, new Expression.Literal(name.value()));
                    default ->
                        throw TemplateFailure.malformed("template cannot be read: expected=name, line=" + name.line());
                };
            } else if (cursor.skipOperator("[")) {
                value = subscript(value);
            } else if (cursor.atOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private void limit(int links) {
        if (links > CHAIN_LIMIT) {
            throw TemplateFailure
                    .limit("template chains too many accesses: limit=" + CHAIN_LIMIT + ", line=" + cursor.line());
        }
    }

    private Expression subscript(Expression target) {
        Optional<Expression> from = cursor.atOperator(":") ? Optional.empty() : Optional.of(tuple());
        if (cursor.skipOperator("]")) {
            return new Expression.Item(target, from.orElseThrow());
        }
        cursor.expectOperator(":");
        Optional<Expression> to = sliceBound();
        Optional<Expression> step = cursor.skipOperator(":") ? sliceBound() : Optional.empty();
        cursor.expectOperator("]");
        return new Expression.Slice(target, from, to, step);
    }

    private Optional<Expression> sliceBound() {
        return cursor.atOperator(":") || cursor.atOperator("]") ? Optional.empty() : Optional.of(expression());
    }

    private Expression filtersAndTests(Expression start) {
        Expression value = start;
        for (int links = 0;; links++) {
            limit(links);
            if (cursor.skipOperator("|")) {
                Statement.FilterCall filter = filterCall();
                value = new Expression.Filter(value, filter.name(), filter.arguments());
            } else if (cursor.skipName("is")) {
                value = test(value);
            } else if (cursor.atOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    /** A filter's name and arguments, after the bar. */
    Statement.FilterCall filterCall() {
        String name = dottedName();
        return new Statement.FilterCall(name, cursor.atOperator("(") ? arguments() : Arguments.NONE);
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(cursor.expect(Kind.NAME).text());
        while (cursor.skipOperator(".")) {
            name.append('.').append(cursor.expect(Kind.NAME).text());
        }
        return name.toString();
    }

    private Expression test(Expression target) {
        boolean negated = cursor.skipName("not");
        String name = dottedName();
        Arguments arguments = Arguments.NONE;
        if (cursor.atOperator("(")) {
            arguments = arguments();
        } else if (startsTestArgument()) {
            arguments = Arguments.of(postfix(primary()));
        }
        return new Expression.Test(target, name, arguments, negated);
    }

    private boolean startsTestArgument() {
        return switch (cursor.current().kind()) {
            case NAME -> !Set.of("else", "or", "and", "is").contains(cursor.current().text());
            case STRING, INTEGER, DECIMAL -> true;
            case OPERATOR -> cursor.atOperator("[") || cursor.atOperator("{");
            default -> false;
        };
    }

    Arguments arguments() {
        cursor.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expression> named = new ArrayList<>();
        Optional<Expression> spread = Optional.empty();
        Optional<Expression> namedSpread = Optional.empty();
        while (!cursor.skipOperator(")")) {
            if (cursor.skipOperator("*")) {
                spread = Optional.of(expression());
            } else if (cursor.skipOperator("**")) {
                namedSpread = Optional.of(expression());
            } else if (cursor.at(Kind.NAME) && cursor.ahead().is(Kind.OPERATOR, "=")) {
                names.add(cursor.next().text());
                cursor.next();
                named.add(expression());
            } else {
                positional.add(expression());
            }
            if (!cursor.atOperator(")")) {
                cursor.expectOperator(",");
            }
        }
        return new Arguments(positional, names, named, spread, namedSpread);
    }
}
