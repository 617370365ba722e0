package dev.outpost.runtime.config;

import java.util.List;
import java.util.Optional;

/**
 * The tree that code reads, and beside it every setting with its origin.
 *
 * @param passedOver why configurations of the fleet were not applied, the newest first
 */
public record ResolvedConfig(RuntimeConfig config, List<Effective> settings, List<ConfigProblem> passedOver) {

    public ResolvedConfig {
        settings = List.copyOf(settings);
        passedOver = List.copyOf(passedOver);
    }

    public Optional<Effective> setting(String key) {
        return settings.stream().filter(effective -> effective.setting().key().equals(key)).findFirst();
    }
}
