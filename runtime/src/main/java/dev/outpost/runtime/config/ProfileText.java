package dev.outpost.runtime.config;

import java.util.List;

/**
 * A device profile as text in the format of a configuration file; its section {@code profile} describes the profile
 * itself and sets nothing.
 */
public record ProfileText(String name, String yaml) {

    List<RawValue> values() {
        return ConfigFile.parse(yaml, line -> new Origin.Profile(name, line)).stream()
                .filter(value -> !value.key().startsWith("profile.")).toList();
    }
}
