package dev.outpost.engine.prompt;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Evaluated arguments of a call, filter or test. */
record CallArguments(List<Object> positional, Map<String, Object> named) {

    static final CallArguments NONE = new CallArguments(List.of(), Map.of());

    static CallArguments of(Object... positional) {
        return new CallArguments(List.of(positional), Map.of());
    }

    int size() {
        return positional.size();
    }

    boolean has(int index, String name) {
        return index < positional.size() || named.containsKey(name);
    }

    /** By position or name, else the default. */
    Object get(int index, String name, Object otherwise) {
        return index < positional.size() ? positional.get(index) : named.getOrDefault(name, otherwise);
    }

    Object require(int index, String name) {
        Object value = get(index, name, null);
        if (value == null) {
            throw TemplateFailure.failed("argument is missing: name=" + name);
        }
        return value;
    }

    String text(int index, String name, String otherwise) {
        Object value = get(index, name, otherwise);
        if (value instanceof String text) {
            return text;
        }
        throw TemplateFailure
                .failed("argument has the wrong type: name=" + name + ", expected=str, found=" + Values.type(value));
    }

    int integer(int index, String name, int otherwise) {
        return Values.index(get(index, name, (long) otherwise));
    }

    boolean flag(int index, String name) {
        return Values.truth(get(index, name, false));
    }

    /** Fails on a keyword nobody reads. */
    CallArguments only(String what, Set<String> names) {
        for (String name : named.keySet()) {
            if (!names.contains(name)) {
                throw TemplateFailure.failed(what + " has no such argument: found=" + name);
            }
        }
        return this;
    }

    CallArguments from(int index) {
        return new CallArguments(positional.subList(Math.min(index, positional.size()), positional.size()), named);
    }
}
