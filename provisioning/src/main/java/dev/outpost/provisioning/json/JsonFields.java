package dev.outpost.provisioning.json;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Takes an object apart member by member; {@link #end} refuses the members nobody asked for. */
public final class JsonFields {
    private final JsonValue.JsonObject object;
    private final String what;
    private final Set<String> taken = new HashSet<>();

    private JsonFields(JsonValue.JsonObject object, String what) {
        this.object = object;
        this.what = what;
    }

    /** @param what the document or member, for error texts */
    public static JsonFields of(JsonValue value, String what) {
        if (value instanceof JsonValue.JsonObject object) {
            return new JsonFields(object, what);
        }
        throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "not an object: member=" + what);
    }

    /** Whether a member is there. */
    public boolean has(String name) {
        return object.members().containsKey(name);
    }

    /** Names of all members, in order. */
    public Set<String> names() {
        return object.members().keySet();
    }

    /** A member of any kind. */
    public JsonValue value(String name) {
        taken.add(name);
        JsonValue value = object.members().get(name);
        if (value == null) {
            throw wrong(name, "is missing");
        }
        return value;
    }

    /** A text member of at most {@code limit} characters. */
    public String text(String name, int limit) {
        return text(value(name), name, limit);
    }

    /** A text member that may be absent. */
    public Optional<String> optionalText(String name, int limit) {
        return has(name) ? Optional.of(text(name, limit)) : Optional.empty();
    }

    /** A whole number in {@code [least, most]}. */
    public long whole(String name, long least, long most) {
        return whole(value(name), name, least, most);
    }

    /** A whole number that may be absent. */
    public OptionalLong optionalWhole(String name, long least, long most) {
        return has(name) ? OptionalLong.of(whole(name, least, most)) : OptionalLong.empty();
    }

    /** Any finite number. */
    public double decimal(String name) {
        if (value(name) instanceof JsonValue.JsonNumber number) {
            return number.number();
        }
        throw wrong(name, "is not a number");
    }

    /** A member object, to be taken apart in turn. */
    public JsonFields object(String name) {
        return of(value(name), what + "." + name);
    }

    /** The values of a member array, at most {@code limit}. */
    public List<JsonValue> array(String name, int limit) {
        if (value(name) instanceof JsonValue.JsonArray array) {
            if (array.values().size() > limit) {
                throw wrong(name, "has too many values: limit=" + limit);
            }
            return array.values();
        }
        throw wrong(name, "is not an array");
    }

    /** A member array of texts. */
    public List<String> texts(String name, int limit, int textLimit) {
        List<String> texts = new ArrayList<>();
        for (JsonValue value : array(name, limit)) {
            texts.add(text(value, name, textLimit));
        }
        return texts;
    }

    /** A member array of whole numbers that are not negative. */
    public List<Long> wholes(String name, int limit) {
        List<Long> wholes = new ArrayList<>();
        for (JsonValue value : array(name, limit)) {
            wholes.add(whole(value, name, 0, JsonValue.JsonNumber.MAX_WHOLE));
        }
        return wholes;
    }

    /** Refuses members that nobody took. */
    public void end() {
        for (String name : object.members().keySet()) {
            if (!taken.contains(name)) {
                throw new RefusedException(Refusal.UNKNOWN_MEMBER, "unknown member: member=" + what + "." + name);
            }
        }
    }

    private String text(JsonValue value, String name, int limit) {
        if (value instanceof JsonValue.JsonText text) {
            if (text.text().length() > limit) {
                throw wrong(name, "is too long: characters=" + text.text().length() + ", limit=" + limit);
            }
            return text.text();
        }
        throw wrong(name, "is not a text");
    }

    private long whole(JsonValue value, String name, long least, long most) {
        if (value instanceof JsonValue.JsonNumber(double number) && number == Math.rint(number) && number >= least
                && number <= most && Math.abs(number) <= JsonValue.JsonNumber.MAX_WHOLE) {
            return (long) number;
        }
        throw wrong(name, "is not a whole number in range: least=" + least + ", most=" + most);
    }

    private RefusedException wrong(String name, String how) {
        return new RefusedException(Refusal.MALFORMED_DOCUMENT, "member " + how + ", member=" + what + "." + name);
    }
}
