package dev.outpost.engine.schedule;

import dev.outpost.engine.EngineStatus;

/** What {@link EngineStatus} reports. Written by the scheduler's thread, read by any, without a lock. */
final class Counters {

    private volatile long steps;
    private volatile long promptTokens;
    private volatile long cachedTokens;
    private volatile long generatedTokens;
    private volatile long movedNanos = System.nanoTime();
    private volatile int running;
    private volatile int freeSlots;

    EngineStatus status(int queued) {
        return new EngineStatus(steps, running, queued, promptTokens, cachedTokens, generatedTokens, movedNanos);
    }

    int running() {
        return running;
    }

    int freeSlots() {
        return freeSlots;
    }

    void slots(int inUse, int free) {
        running = inUse;
        freeSlots = free;
    }

    /** The scheduler is alive: it starts a turn, or work reaches it while it sleeps. */
    void moved() {
        movedNanos = System.nanoTime();
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void step(int promptRows) {
        promptTokens += promptRows;
        steps++;
        moved();
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void cached(int tokens) {
        cachedTokens += tokens;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void generated() {
        generatedTokens++;
    }
}
