package dev.outpost.runtime.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The members of a JSON object under their path; remembers which were asked for, so that the rest can be named as
 * ignored. A JSON null counts as absent. One thread.
 */
final class Fields {

    private final String path;
    private final Json.Obj object;
    private final Set<String> known = new HashSet<>();

    Fields(String path, Json.Obj object) {
        this.path = path;
        this.object = object;
    }

    Optional<Field> find(String name) {
        known.add(name);
        Json value = object.members().get(name);
        return value == null || value instanceof Json.Null
                ? Optional.empty()
                : Optional.of(new Field(pathOf(name), value));
    }

    Field require(String name) {
        return find(name).orElseThrow(() -> new ApiException(ApiError.missing(pathOf(name))));
    }

    /** All members, all known. */
    List<Field> all() {
        var fields = new ArrayList<Field>();
        object.members().keySet().forEach(name -> find(name).ifPresent(fields::add));
        return fields;
    }

    Set<String> names() {
        return object.members().keySet();
    }

    /** Names that are present and were never asked for, in their order. */
    List<String> ignored() {
        return object.members().keySet().stream().filter(name -> !known.contains(name)).toList();
    }

    /** Knows a member without reading it: accepted, and of no effect here. */
    void accept(String... names) {
        known.addAll(List.of(names));
    }

    /** All members as maps, lists, strings, numbers and booleans, for templates. */
    Map<String, Object> plain() {
        return Json.plain(object);
    }

    private String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
