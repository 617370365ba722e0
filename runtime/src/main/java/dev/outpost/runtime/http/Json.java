package dev.outpost.runtime.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parsed JSON value. Immutable; objects keep the order of their members. */
sealed interface Json {

    record Obj(Map<String, Json> members) implements Json {
        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }
    }

    record Text(String value) implements Json {}

    /** A number as it was written, at most 64 characters. */
    record Num(String literal) implements Json {}

    record Bool(boolean value) implements Json {}

    record Null() implements Json {}

    /** The kind's name as error messages say it. */
    default String kind() {
        return switch (this) {
            case Obj _ -> "object";
            case Arr _ -> "array";
            case Text _ -> "string";
            case Num _ -> "number";
            case Bool _ -> "boolean";
            case Null _ -> "null";
        };
    }

    /** As maps, lists, strings, numbers and booleans, for templates. A JSON null becomes an absent member. */
    static Map<String, Object> plain(Obj object) {
        var map = new LinkedHashMap<String, Object>();
        object.members().forEach((name, member) -> {
            if (!(member instanceof Null)) {
                map.put(name, plainValue(member));
            }
        });
        return map;
    }

    private static Object plainValue(Json value) {
        return switch (value) {
            case Obj object -> plain(object);
            case Arr array ->
                array.items().stream().filter(item -> !(item instanceof Null)).map(Json::plainValue).toList();
            case Text text -> text.value();
            case Num number -> plainNumber(number.literal());
            case Bool bool -> bool.value();
            case Null _ -> "";
        };
    }

    private static Object plainNumber(String literal) {
        try {
            return Long.valueOf(literal);
        } catch (NumberFormatException ignored) {
            return Double.valueOf(literal);
        }
    }
}
