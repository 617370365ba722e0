package dev.outpost.engine.prompt;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** A list that shows itself in round brackets. */
final class Tuple extends AbstractList<Object> implements RandomAccess {

    private final List<Object> elements;
    private final List<String> names;

    Tuple(List<Object> elements) {
        this(elements, List.of());
    }

    /** @param names of the elements, where they have any */
    Tuple(List<Object> elements, List<String> names) {
        this.elements = elements;
        this.names = names;
    }

    /** The element of that name, or null. */
    Object named(String name) {
        int at = names.indexOf(name);
        return at < 0 ? null : elements.get(at);
    }

    static Tuple of(Object... elements) {
        return new Tuple(List.of(elements));
    }

    @Override
    public Object get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }
}
