package dev.outpost.runtime.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A setting with the value that holds and where it came from.
 *
 * @param value as its kind read it: text, list of texts, {@link Long}, {@link Double} or {@link Duration}; {@code auto} and
 *        unset are empty text
 * @param overridden the origins this value won over, weakest first
 */
public record Effective(Setting setting, Object value, Origin origin, List<Origin> overridden) {

    public Effective {
        overridden = List.copyOf(overridden);
    }

    /** The value as one would write it. */
    public String shown() {
        if (value instanceof Duration time) {
            return ValueKind.Time.shown(time);
        }
        if (value instanceof Long bytes && setting.kind() instanceof ValueKind.Size) {
            return ValueKind.Size.shown(bytes);
        }
        if (value instanceof List<?> texts) {
            return texts.stream().map(Object::toString).collect(Collectors.joining(","));
        }
        String text = value.toString();
        boolean auto = text.isEmpty() && setting.fallback().equals("auto");
        return auto ? "auto" : text;
    }
}
