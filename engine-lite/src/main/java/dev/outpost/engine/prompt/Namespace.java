package dev.outpost.engine.prompt;

import java.util.HashMap;
import java.util.Map;

/** Fields a template may assign from inner scopes. */
final class Namespace {

    private final Map<String, Object> fields;

    Namespace(Map<String, Object> fields) {
        this.fields = new HashMap<>(fields);
    }

    Object get(String name) {
        Object value = fields.get(name);
        return value != null ? value : new Undefined("namespace has no field '" + name + "'");
    }

    void set(String name, Object value) {
        fields.put(name, value);
    }
}
