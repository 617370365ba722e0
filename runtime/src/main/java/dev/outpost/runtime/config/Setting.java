package dev.outpost.runtime.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One setting as an operator sees it.
 *
 * @param key dash words, section first: {@code server.max-body}
 * @param kind how its text is read
 * @param fallback default as text
 * @param flag the flag of {@code outpost serve} that sets it, where it has one of its own
 * @param meaning one sentence
 */
public record Setting(String key, ValueKind kind, String fallback, Optional<String> flag, String meaning) {

    /** {@code server.max-body} is {@code OUTPOST_SERVER_MAX_BODY} in the environment. */
    public String variable() {
        return "OUTPOST_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The range or the words allowed. */
    public String range() {
        return kind.range();
    }
}
