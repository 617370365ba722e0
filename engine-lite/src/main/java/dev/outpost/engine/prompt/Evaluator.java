package dev.outpost.engine.prompt;

import dev.outpost.engine.prompt.Statement.FilterCall;
import dev.outpost.engine.prompt.Statement.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a template's statements once. One thread. */
final class Evaluator {

    /** How a statement ended. */
    private enum Flow {
        NEXT, BREAK, CONTINUE
    }

    private final RenderBudget budget;
    private final ExpressionEvaluator expressions;
    private int line;

    Evaluator(RenderBudget budget) {
        this.budget = budget;
        this.expressions = new ExpressionEvaluator(budget);
    }

    String render(List<Statement> template, Scope scope) {
        StringBuilder out = new StringBuilder();
        run(template, new Scope(scope), out);
        return out.toString();
    }

    /** Where the template was when it failed. */
    int line() {
        return line;
    }

    private Flow run(List<Statement> statements, Scope scope, StringBuilder out) {
        for (Statement statement : statements) {
            budget.enter();
            line = statement.line();
            Flow flow = run(statement, scope, out);
            budget.leave();
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow run(Statement statement, Scope scope, StringBuilder out) {
        switch (statement) {
            case Statement.Text text -> budget.append(out, text.text());
            case Statement.Output output -> budget.append(out, Values.text(expressions.value(output.value(), scope)));
            case Statement.If choice -> {
                return choose(choice, scope, out);
            }
            case Statement.For loop -> loop(loop, scope, out, expressions.value(loop.over(), scope), 1);
            case Statement.Assign assign -> assign(assign.target(), expressions.value(assign.value(), scope), scope);
            case Statement.AssignBlock block ->
                assign(block.target(), filtered(block.filters(), block.body(), scope), scope);
            case Statement.FilterBlock block ->
                budget.append(out, Values.text(filtered(block.filters(), block.body(), scope)));
            case Statement.MacroOf macro ->
                scope.set(macro.name(), macro(macro.name(), macro.signature(), macro.body(), scope));
            case Statement.CallBlock call -> budget.append(out, Values.text(callBlock(call, scope)));
            case Statement.With with -> with(with, scope, out);
            case Statement.Group group -> {
                return run(group.body(), scope, out);
            }
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.NEXT;
    }

    private Flow choose(Statement.If choice, Scope scope, StringBuilder out) {
        for (int i = 0; i < choice.conditions().size(); i++) {
            if (Values.truth(expressions.value(choice.conditions().get(i), scope))) {
                return run(choice.bodies().get(i), scope, out);
            }
        }
        return run(choice.otherwise(), scope, out);
    }

    private void loop(Statement.For loop, Scope scope, StringBuilder out, Object over, int depth) {
        List<Object> items = budget.list(Values.elements(over));
        if (loop.condition().isPresent()) {
            items = accepted(loop, items, scope);
        } else if (over instanceof List<?>) {
            items = new ArrayList<>(items);
        }
        LoopState state = new LoopState(items, depth, budget);
        Object variable = loop.recursive()
                ? new RecursiveLoop(state, arguments -> again(loop, scope, arguments, state.depth() + 1))
                : state;
        for (int i = 0; i < items.size(); i++) {
            budget.step();
            state.moveTo(i);
            Scope inner = new Scope(scope);
            inner.set("loop", variable);
            assign(loop.target(), items.get(i), inner);
            if (run(loop.body(), inner, out) == Flow.BREAK) {
                break;
            }
        }
        if (items.isEmpty()) {
            run(loop.otherwise(), new Scope(scope), out);
        }
    }

    /** The variable of a recursive loop: its state, and a function over the next level's items. */
    record RecursiveLoop(LoopState state, Callable next) implements Callable {

        @Override
        public Object call(CallArguments arguments) {
            return next.call(arguments);
        }
    }

    private Object again(Statement.For loop, Scope scope, CallArguments arguments, int depth) {
        budget.enterCall();
        StringBuilder out = new StringBuilder();
        loop(loop, scope, out, arguments.require(0, "iterable"), depth);
        budget.leaveCall();
        return out.toString();
    }

    private List<Object> accepted(Statement.For loop, List<Object> items, Scope scope) {
        List<Object> accepted = new ArrayList<>();
        for (Object item : items) {
            Scope inner = new Scope(scope);
            assign(loop.target(), item, inner);
            if (Values.truth(expressions.value(loop.condition().orElseThrow(), inner))) {
                accepted.add(item);
            }
        }
        return accepted;
    }

    private void assign(Target target, Object value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.Field field -> {
                if (!(scope.get(field.namespace()) instanceof Namespace namespace)) {
                    throw TemplateFailure
                            .failed("cannot assign a field of what is no namespace: name=" + field.namespace());
                }
                namespace.set(field.name(), value);
            }
            case Target.Several several -> {
                List<Object> parts = Values.elements(value);
                if (parts.size() != several.parts().size()) {
                    throw TemplateFailure
                            .failed("cannot unpack: expected=" + several.parts().size() + ", found=" + parts.size());
                }
                for (int i = 0; i < parts.size(); i++) {
                    assign(several.parts().get(i), parts.get(i), scope);
                }
            }
        }
    }

    private Object filtered(List<FilterCall> filters, List<Statement> body, Scope scope) {
        Scope inner = new Scope(scope);
        StringBuilder text = new StringBuilder();
        run(body, inner, text);
        Object value = text.toString();
        for (FilterCall filter : filters) {
            value = expressions.filtered(filter.name(), value, expressions.arguments(filter.arguments(), inner));
        }
        return value;
    }

    private void with(Statement.With with, Scope scope, StringBuilder out) {
        Scope inner = new Scope(scope);
        for (int i = 0; i < with.targets().size(); i++) {
            assign(with.targets().get(i), expressions.value(with.values().get(i), scope), inner);
        }
        run(with.body(), inner, out);
    }

    private Object callBlock(Statement.CallBlock block, Scope scope) {
        CallArguments given = expressions.arguments(block.call().arguments(), scope);
        Map<String, Object> named = new LinkedHashMap<>(given.named());
        named.put("caller", macro("caller", block.signature(), block.body(), scope));
        return expressions.call(expressions.value(block.call().target(), scope),
                new CallArguments(given.positional(), named));
    }

    private Callable macro(String name, Statement.Signature signature, List<Statement> body, Scope scope) {
        return arguments -> {
            budget.enterCall();
            Scope inner = new Scope(scope);
            bind(name, signature, arguments, inner);
            StringBuilder out = new StringBuilder();
            int caller = line;
            run(body, inner, out);
            line = caller;
            budget.leaveCall();
            return out.toString();
        };
    }

    private void bind(String name, Statement.Signature signature, CallArguments arguments, Scope inner) {
        List<String> parameters = signature.parameters();
        int required = parameters.size() - signature.defaults().size();
        Map<Object, Object> rest = new LinkedHashMap<>(arguments.named());
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            if (arguments.has(i, parameter)) {
                inner.set(parameter, arguments.get(i, parameter, None.NONE));
            } else if (i >= required) {
                inner.set(parameter, expressions.value(signature.defaults().get(i - required), inner));
            } else {
                inner.set(parameter, new Undefined("parameter '" + parameter + "' was not provided"));
            }
            rest.remove(parameter);
        }
        Object caller = rest.remove("caller");
        inner.set("caller", caller != null ? caller : new Undefined("no caller defined for macro '" + name + "'"));
        inner.set("varargs", new Tuple(List.copyOf(arguments.from(parameters.size()).positional())));
        inner.set("kwargs", rest);
    }
}
