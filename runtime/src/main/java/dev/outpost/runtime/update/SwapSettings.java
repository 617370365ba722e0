package dev.outpost.runtime.update;

import dev.outpost.engine.EngineOptions;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How models are loaded and changed.
 *
 * @param options how a model is loaded; the memory budget in it is that of all models together
 * @param drainPatience how long requests in flight may hold up a model that must leave first; cut after that
 * @param preferred an operator's file that stands in for a stored model
 */
public record SwapSettings(EngineOptions options, Duration drainPatience, Optional<Preferred> preferred) {

    /**
     * A file that is served where the pointer names a model that the operator did not want this time.
     *
     * @param file the file
     * @param insteadOf what the pointer named at the start; empty when it named none
     */
    public record Preferred(Path file, Optional<ContentDigest> insteadOf) {}
}
