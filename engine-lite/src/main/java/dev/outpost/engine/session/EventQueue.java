package dev.outpost.engine.session;

import dev.outpost.engine.GenerationEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Events of one generation: the scheduler adds without ever waiting, one consumer takes. Holds at most one per token. */
final class EventQueue {

    private final BlockingQueue<GenerationEvent> events = new LinkedBlockingQueue<>();
    private volatile boolean drained;

    void add(GenerationEvent event) {
        events.add(event);
    }

    GenerationEvent take() throws InterruptedException {
        checkNotDrained();
        return taken(events.take());
    }

    Optional<GenerationEvent> poll(Duration timeout) throws InterruptedException {
        checkNotDrained();
        return Optional.ofNullable(events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS)).map(this::taken);
    }

    private GenerationEvent taken(GenerationEvent event) {
        switch (event) {
            case GenerationEvent.Token ignored -> {
            }
            case GenerationEvent.Finished ignored -> drained = true;
            case GenerationEvent.Failed ignored -> drained = true;
        }
        return event;
    }

    private void checkNotDrained() {
        if (drained) {
            throw new IllegalStateException("the generation's last event was taken");
        }
    }
}
