package dev.outpost.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * An answer in the making: a queue of events that the scheduler fills and one consumer empties.
 *
 * <p>The last event is a {@link GenerationEvent.Finished} or a {@link GenerationEvent.Failed}. Closing cancels: the
 * slot is free within one token step.
 */
public interface Generation extends AutoCloseable {

    /** Waits for the next event. After the last one this throws {@link IllegalStateException}. */
    GenerationEvent take() throws InterruptedException;

    /** As {@link #take()}, but gives up after {@code timeout}. */
    Optional<GenerationEvent> poll(Duration timeout) throws InterruptedException;

    /** Any thread, any number of times. */
    void cancel();

    @Override
    default void close() {
        cancel();
    }
}
