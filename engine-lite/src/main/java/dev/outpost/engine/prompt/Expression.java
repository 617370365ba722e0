package dev.outpost.engine.prompt;

import java.util.List;
import java.util.Optional;

/** What has a value. Chains of one precedence are one node, so that the tree's height is the template's nesting. */
sealed interface Expression {

    record Literal(Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> elements) implements Expression {}

    record TupleOf(List<Expression> elements) implements Expression {}

    record MapOf(List<Expression> keys, List<Expression> values) implements Expression {}

    record Negate(Expression operand) implements Expression {}

    record Plus(Expression operand) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record Both(List<Expression> operands) implements Expression {}

    record Either(List<Expression> operands) implements Expression {}

    /** Operators of one precedence, left to right: {@code first op[0] rest[0] op[1] rest[1] …}. */
    record Arithmetic(Expression first, List<String> operators, List<Expression> rest) implements Expression {}

    /** Chained comparison: each neighbouring pair has to hold. */
    record Compare(Expression first, List<String> operators, List<Expression> rest) implements Expression {}

    record Concatenate(List<Expression> operands) implements Expression {}

    record Conditional(Expression condition, Expression then, Optional<Expression> otherwise) implements Expression {}

    record Attribute(Expression target, String name) implements Expression {}

    record Item(Expression target, Expression key) implements Expression {}

    record Slice(Expression target, Optional<Expression> from, Optional<Expression> to,
            Optional<Expression> step) implements Expression {}

    record Call(Expression target, Arguments arguments) implements Expression {}

    record Filter(Expression target, String name, Arguments arguments) implements Expression {}

    record Test(Expression target, String name, Arguments arguments, boolean negated) implements Expression {}

    /** Arguments as written; the names of keyword arguments pair with their values. */
    record Arguments(List<Expression> positional, List<String> names, List<Expression> named,
            Optional<Expression> spread,
            Optional<Expression> namedSpread) {

        static final Arguments NONE = new Arguments(List.of(), List.of(), List.of(), Optional.empty(),
                Optional.empty());

        static Arguments of(Expression single) {
            return new Arguments(List.of(single), List.of(), List.of(), Optional.empty(), Optional.empty());
        }
    }
}
