package dev.outpost.runtime.update;

import dev.outpost.engine.Engine;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model in memory. Whoever holds it closes the engine.
 *
 * @param file where it was loaded from
 * @param digest its place in the store; empty for a file that an operator named
 * @param engine answers
 */
public record LoadedModel(Path file, Optional<ContentDigest> digest, Engine engine) {

    /** Bytes it takes beside what the process takes anyway. */
    long residentBytes() {
        return engine.plan().total() - engine.plan().jvm();
    }

    boolean is(ContentDigest other) {
        return digest.equals(Optional.of(other));
    }

    String shown() {
        return digest.map(ContentDigest::brief).orElseGet(() -> file.getFileName().toString());
    }
}
