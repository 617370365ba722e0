package dev.outpost.engine;

import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.memory.MemoryPlan;
import java.nio.file.Path;

/** Wires file, tokenizer, model and scheduler together. */
final class LoadedEngine {

    private LoadedEngine() {}

    static Engine open(Path file, EngineOptions options) {
        throw new EngineFaultException("not_wired", "loading arrives with the kernels: file=" + file + ", options="
                + options, null);
    }

    static MemoryPlan plan(Path file, EngineOptions options) {
        throw new EngineFaultException("not_wired", "planning arrives with the kernels: file=" + file + ", options="
                + options, null);
    }
}
