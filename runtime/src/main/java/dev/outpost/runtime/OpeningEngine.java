package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** An engine that loads on a thread of its own while the listener opens: each takes a good part of a start. */
final class OpeningEngine {

    private final FutureTask<Engine> task;

    private OpeningEngine(FutureTask<Engine> task) {
        this.task = task;
    }

    static OpeningEngine start(Supplier<Engine> open) {
        var task = new FutureTask<Engine>(open::get);
        // A daemon: where the listener is refused, the process need not wait for a large model.
        Thread.ofPlatform().name("model-load").daemon().start(task);
        return new OpeningEngine(task);
    }

    /** Waits; throws what the opening threw. The engine is the caller's. */
    Engine engine() throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException("a supplier threw a checked exception", e.getCause());
            }
        }
    }
}
