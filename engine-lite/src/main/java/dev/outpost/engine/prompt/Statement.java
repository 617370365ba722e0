package dev.outpost.engine.prompt;

import java.util.List;
import java.util.Optional;

/** What writes or does something; {@code line} is where it begins. */
sealed interface Statement {

    int line();

    record Text(int line, String text) implements Statement {}

    record Output(int line, Expression value) implements Statement {}

    record For(int line, Target target, Expression over, Optional<Expression> condition, boolean recursive,
            List<Statement> body, List<Statement> otherwise) implements Statement {}

    /** {@code conditions[i]} leads to {@code bodies[i]}, none to {@code otherwise}. */
    record If(int line, List<Expression> conditions, List<List<Statement>> bodies,
            List<Statement> otherwise) implements Statement {}

    record Assign(int line, Target target, Expression value) implements Statement {}

    /** A block's text, filtered, as the value. */
    record AssignBlock(int line, Target target, List<FilterCall> filters, List<Statement> body) implements Statement {}

    record MacroOf(int line, String name, Signature signature, List<Statement> body) implements Statement {}

    record CallBlock(int line, Signature signature, Expression.Call call, List<Statement> body) implements Statement {}

    record FilterBlock(int line, List<FilterCall> filters, List<Statement> body) implements Statement {}

    record With(int line, List<Target> targets, List<Expression> values, List<Statement> body) implements Statement {}

    /** A marked part that changes nothing about the text. */
    record Group(int line, List<Statement> body) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    /** Parameters; the last {@code defaults.size()} of them have one. */
    record Signature(List<String> parameters, List<Expression> defaults) {}

    record FilterCall(String name, Expression.Arguments arguments) {}

    /** What is assigned to. */
    sealed interface Target {

        record Variable(String name) implements Target {}

        record Field(String namespace, String name) implements Target {}

        record Several(List<Target> parts) implements Target {}
    }
}
