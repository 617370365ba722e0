package dev.outpost.runtime.config;

import java.util.List;

/** A value as written, before its setting has read it; a scalar is a list of one with {@code list} false. */
record RawValue(String key, List<String> texts, boolean list, Origin origin) {

    static RawValue scalar(String key, String text, Origin origin) {
        return new RawValue(key, List.of(text), false, origin);
    }
}
