package dev.outpost.runtime.config;

import java.util.List;
import java.util.Optional;

/** The tree that code reads, and beside it every setting with its origin. */
public record ResolvedConfig(RuntimeConfig config, List<Effective> settings) {

    public ResolvedConfig {
        settings = List.copyOf(settings);
    }

    public Optional<Effective> setting(String key) {
        return settings.stream().filter(effective -> effective.setting().key().equals(key)).findFirst();
    }
}
