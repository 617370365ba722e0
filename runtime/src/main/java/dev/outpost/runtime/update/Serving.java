package dev.outpost.runtime.update;

import java.time.Duration;

/** Port: where requests go. Implemented at the root over the HTTP listener. Any thread. */
public interface Serving {

    /**
     * Requests from now on are answered by this model, once it has answered a token; those in flight end on the one they
     * began on.
     *
     * @throws dev.outpost.engine.failure.EngineException when no token comes; nothing has changed then
     */
    void serve(LoadedModel model) throws InterruptedException;

    /** From now on requests are told that a model is loading; those in flight go on. */
    void suspend();

    /** Waits until a model that was replaced or suspended has no request in flight; false after {@code patience}. */
    boolean awaitIdle(LoadedModel model, Duration patience) throws InterruptedException;
}
