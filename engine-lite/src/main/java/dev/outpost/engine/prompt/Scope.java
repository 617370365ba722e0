package dev.outpost.engine.prompt;

import java.util.HashMap;
import java.util.Map;

/** Names in sight: those of this scope, then of the one around it. */
final class Scope {

    private final Scope around;
    private Map<String, Object> names = Map.of();

    Scope(Scope around) {
        this.around = around;
    }

    static Scope root(Map<String, Object> names) {
        Scope root = new Scope(null);
        root.names = new HashMap<>(names);
        return root;
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.around) {
            Object value = scope.names.get(name);
            if (value != null) {
                return value;
            }
        }
        return new Undefined("'" + name + "' is undefined");
    }

    void set(String name, Object value) {
        if (names.isEmpty()) {
            names = new HashMap<>(4);
        }
        names.put(name, value);
    }
}
