package dev.outpost.provisioning.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One JSON value; null is not among them. */
public sealed interface JsonValue {
    /** Members by name, in the order of RFC 8785 (UTF-16 code units, which is the order of {@link String}). */
    record JsonObject(SortedMap<String, JsonValue> members) implements JsonValue {
        /** Copies the members. */
        public JsonObject {
            members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        }

        /** An object from any map. */
        public static JsonObject of(Map<String, JsonValue> members) {
            return new JsonObject(new TreeMap<>(members));
        }

        /** A copy with one member set. */
        public JsonObject with(String name, JsonValue value) {
            SortedMap<String, JsonValue> copy = new TreeMap<>(members);
            copy.put(name, value);
            return new JsonObject(copy);
        }

        /** A copy with a text member. */
        public JsonObject with(String name, String value) {
            return with(name, new JsonText(value));
        }

        /** A copy with a whole number, at most 2^53 - 1 in size. */
        public JsonObject with(String name, long value) {
            return with(name, JsonNumber.of(value));
        }

        /** A copy without a member. */
        public JsonObject without(String name) {
            SortedMap<String, JsonValue> copy = new TreeMap<>(members);
            copy.remove(name);
            return new JsonObject(copy);
        }
    }

    /** Values in order. */
    record JsonArray(List<JsonValue> values) implements JsonValue {
        /** Copies the values. */
        public JsonArray {
            values = List.copyOf(values);
        }

        /** An array of texts. */
        public static JsonArray ofTexts(Iterable<String> texts) {
            List<JsonValue> values = new ArrayList<>();
            texts.forEach(text -> values.add(new JsonText(text)));
            return new JsonArray(values);
        }
    }

    /** A string of valid Unicode. */
    record JsonText(String text) implements JsonValue {}

    /** A finite double; whole numbers are exact up to 2^53 - 1. */
    record JsonNumber(double number) implements JsonValue {
        /** Largest whole number every reader keeps exactly. */
        public static final long MAX_WHOLE = (1L << 53) - 1;

        /** Refuses what JSON cannot say. */
        public JsonNumber {
            if (!Double.isFinite(number)) {
                throw new IllegalArgumentException("number is not finite: number=" + number);
            }
        }

        /** A whole number, at most {@link #MAX_WHOLE} in size. */
        public static JsonNumber of(long number) {
            if (Math.abs(number) > MAX_WHOLE) {
                throw new IllegalArgumentException("number is not exact in JSON: number=" + number);
            }
            return new JsonNumber(number);
        }
    }

    /** True or false. */
    record JsonFlag(boolean flag) implements JsonValue {}
}
