package dev.outpost.engine.prompt;

import java.util.ArrayList;
import java.util.List;

/** The variable {@code loop}. */
final class LoopState {

    private final List<Object> items;
    private final int depth;
    private final RenderBudget budget;
    private int index;
    private List<Object> lastChanged = List.of();

    LoopState(List<Object> items, int depth, RenderBudget budget) {
        this.items = items;
        this.depth = depth;
        this.budget = budget;
    }

    void moveTo(int newIndex) {
        index = newIndex;
    }

    int depth() {
        return depth;
    }

    Object get(String name) {
        return switch (name) {
            case "index" -> (long) index + 1;
            case "index0" -> (long) index;
            case "revindex" -> (long) items.size() - index;
            case "revindex0" -> (long) items.size() - index - 1;
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> (long) items.size();
            case "depth" -> (long) depth;
            case "depth0" -> (long) depth - 1;
            case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index + 1 < items.size() ? items.get(index + 1) : new Undefined("there is no next item");
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> new Undefined("loop has no attribute '" + name + "'");
        };
    }

    private Object cycle(CallArguments arguments) {
        if (arguments.size() == 0) {
            throw TemplateFailure.failed("cycle has nothing to cycle through");
        }
        return arguments.positional().get(index % arguments.size());
    }

    private Object changed(CallArguments arguments) {
        boolean changed = index == 0 || !Values.same(lastChanged, arguments.positional(), budget);
        lastChanged = new ArrayList<>(arguments.positional());
        return changed;
    }
}
