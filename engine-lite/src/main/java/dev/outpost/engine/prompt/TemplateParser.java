package dev.outpost.engine.prompt;

import dev.outpost.engine.prompt.JinjaToken.Kind;
import dev.outpost.engine.prompt.Statement.FilterCall;
import dev.outpost.engine.prompt.Statement.Signature;
import dev.outpost.engine.prompt.Statement.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Statements: text, output and the block tags that chat templates use. */
final class TemplateParser {

    private final TokenCursor cursor;
    private final ExpressionParser expressions;

    private TemplateParser(List<JinjaToken> tokens) {
        cursor = new TokenCursor(tokens);
        expressions = new ExpressionParser(cursor);
    }

    static List<Statement> parse(String template) {
        TemplateParser parser = new TemplateParser(JinjaLexer.tokens(template));
        List<Statement> statements = parser.statements(Set.of());
        if (!parser.cursor.at(Kind.END)) {
            throw parser.cursor.unexpected("end of template");
        }
        return statements;
    }

    /** Up to a block tag named in {@code ends}, which is left at its name, or to the end. */
    private List<Statement> statements(Set<String> ends) {
        cursor.enter();
        List<Statement> statements = new ArrayList<>();
        while (!cursor.at(Kind.END)) {
            int line = cursor.line();
            if (cursor.at(Kind.TEXT)) {
                statements.add(new Statement.Text(line, cursor.next().text()));
            } else if (cursor.at(Kind.VARIABLE_BEGIN)) {
                cursor.next();
                statements.add(new Statement.Output(line, expressions.tuple()));
                cursor.expect(Kind.VARIABLE_END);
            } else {
                cursor.expect(Kind.BLOCK_BEGIN);
                if (cursor.at(Kind.NAME) && ends.contains(cursor.current().text())) {
                    break;
                }
                statements.add(tag(line));
            }
        }
        cursor.leave();
        return List.copyOf(statements);
    }

    /** The body of a block up to its end tag, which is consumed. */
    private List<Statement> body(String end) {
        cursor.expect(Kind.BLOCK_END);
        List<Statement> body = statements(Set.of(end));
        cursor.expectName(end);
        return body;
    }

    private Statement tag(int line) {
        String name = cursor.expect(Kind.NAME).text();
        Statement statement = switch (name) {
            case "for" -> loop(line);
            case "if" -> condition(line);
            case "set" -> assignment(line);
            case "macro" -> {
                String macro = cursor.expect(Kind.NAME).text();
                yield new Statement.MacroOf(line, macro, signature(), body("endmacro"));
            }
            case "call" -> callBlock(line);
            case "filter" -> new Statement.FilterBlock(line, filters(expressions.filterCall()), body("endfilter"));
            case "with" -> with(line);
            case "generation" -> new Statement.Group(line, body("endgeneration"));
            case "break" -> new Statement.Break(line);
            case "continue" -> new Statement.Continue(line);
            default ->
                throw TemplateFailure.malformed("template tag is not supported: found=" + name + ", line=" + line);
        };
        cursor.expect(Kind.BLOCK_END);
        return statement;
    }

    private Statement loop(int line) {
        Target target = targets();
        cursor.expectName("in");
        Expression over = loopedOver();
        Optional<Expression> condition = cursor.skipName("if")
                ? Optional.of(expressions.expression())
                : Optional.empty();
        boolean recursive = cursor.skipName("recursive");
        cursor.expect(Kind.BLOCK_END);
        List<Statement> body = statements(Set.of("endfor", "else"));
        List<Statement> otherwise = List.of();
        if (cursor.skipName("else")) {
            otherwise = body("endfor");
        } else {
            cursor.expectName("endfor");
        }
        return new Statement.For(line, target, over, condition, recursive, body, otherwise);
    }

    private Expression loopedOver() {
        Expression first = expressions.either();
        if (!cursor.atOperator(",")) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",") && !cursor.at(Kind.BLOCK_END)) {
            elements.add(expressions.either());
        }
        return new Expression.TupleOf(elements);
    }

    private Statement condition(int line) {
        List<Expression> conditions = new ArrayList<>();
        List<List<Statement>> bodies = new ArrayList<>();
        List<Statement> otherwise = List.of();
        do {
            conditions.add(expressions.tuple());
            cursor.expect(Kind.BLOCK_END);
            bodies.add(statements(Set.of("elif", "else", "endif")));
        } while (cursor.skipName("elif"));
        if (cursor.skipName("else")) {
            otherwise = body("endif");
        } else {
            cursor.expectName("endif");
        }
        return new Statement.If(line, conditions, bodies, otherwise);
    }

    private Statement assignment(int line) {
        Target target = targets();
        if (cursor.skipOperator("=")) {
            return new Statement.Assign(line, target, expressions.tuple());
        }
        List<FilterCall> filters = cursor.skipOperator("|") ? filters(expressions.filterCall()) : List.of();
        return new Statement.AssignBlock(line, target, filters, body("endset"));
    }

    private List<FilterCall> filters(FilterCall first) {
        List<FilterCall> filters = new ArrayList<>(List.of(first));
        while (cursor.skipOperator("|")) {
            filters.add(expressions.filterCall());
        }
        return filters;
    }

    private Statement callBlock(int line) {
        Signature signature = cursor.atOperator("(") ? signature() : new Signature(List.of(), List.of());
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw cursor.unexpected("call");
        }
        return new Statement.CallBlock(line, signature, call, body("endcall"));
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!cursor.at(Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                cursor.expectOperator(",");
            }
            targets.add(target());
            cursor.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(line, targets, values, body("endwith"));
    }

    private Signature signature() {
        cursor.expectOperator("(");
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        while (!cursor.skipOperator(")")) {
            parameters.add(cursor.expect(Kind.NAME).text());
            if (cursor.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw cursor.unexpected("default value");
            }
            if (!cursor.atOperator(")")) {
                cursor.expectOperator(",");
            }
        }
        return new Signature(parameters, defaults);
    }

    private Target targets() {
        Target first = target();
        if (!cursor.atOperator(",")) {
            return first;
        }
        List<Target> parts = new ArrayList<>(List.of(first));
        while (cursor.skipOperator(",") && (cursor.at(Kind.NAME) && !cursor.atName("in") || cursor.atOperator("("))) {
            parts.add(target());
        }
        return new Target.Several(parts);
    }

    private Target target() {
        if (cursor.skipOperator("(")) {
            cursor.enter();
            Target inner = targets();
            cursor.leave();
            cursor.expectOperator(")");
            return inner;
        }
        String name = cursor.expect(Kind.NAME).text();
        if (cursor.skipOperator(".")) {
            return new Target.Field(name, cursor.expect(Kind.NAME).text());
        }
        return new Target.Variable(name);
    }
}
