package dev.outpost.engine.schedule;

import dev.outpost.engine.EngineStatus;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.RequestRefusedException.Reason;
import dev.outpost.engine.model.Model;
import dev.outpost.engine.telemetry.CliffReport;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs sequences over one model, many in each forward pass.
 *
 * <p>One thread of its own, {@code outpost-scheduler}, does everything: it alone calls the model and the sequences.
 * Other threads add, cancel and look. The thread sleeps while there is nothing to compute.
 */
public final class Scheduler implements AutoCloseable {

    private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private enum State {
        OPEN, DRAINING, CLOSED
    }

    private final ScheduleOptions options;
    private final WaitingLine line;
    private final Counters counters = new Counters();
    private final Turns turns;
    private final Thread thread;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private volatile boolean woken;
    private volatile boolean ended;

    /**
     * Takes {@code options.slots()} key-value stores from the model and starts the thread.
     *
     * @param model borrowed until {@link #close()} returns; called from the scheduler's thread alone
     */
    public Scheduler(Model model, ScheduleOptions options, CliffReport cliffs) {
        this.options = options;
        this.line = new WaitingLine(options.queueLimit());
        this.turns = new Turns(model, options, line, counters, cliffs, () -> state.get() == State.CLOSED);
        this.thread = Thread.ofPlatform().name("outpost-scheduler").daemon(true).unstarted(this::run);
        thread.start();
    }

    /**
     * Queues a sequence and returns at once. Any thread.
     *
     * @throws RequestRefusedException {@code QUEUE_FULL} or {@code DRAINING}
     */
    public void submit(Sequence sequence) {
        if (state.get() != State.OPEN) {
            throw draining();
        }
        if (counters.running() + line.size() == 0) {
            counters.moved();
        }
        sequence.submittedNanos = System.nanoTime();
        sequence.onWake(this::wake);
        boolean batch = sequence.requestClass() == RequestClass.BATCH && options.slots() > 1;
        line.add(sequence, Math.max(0, counters.freeSlots() - (batch ? 1 : 0)));
        // The thread fails what it finds when it ends; what came later is still there.
        if (ended && line.withdraw(sequence)) {
            throw draining();
        }
        wake();
    }

    /** Any thread; takes no lock. */
    public EngineStatus status() {
        return counters.status(line.size());
    }

    /** Refuses new sequences from now on; those in flight go on. */
    public void drain() {
        state.compareAndSet(State.OPEN, State.DRAINING);
    }

    /** Waits for the current step, ends what still runs, ends the thread. A second close only waits. */
    @Override
    public void close() {
        state.set(State.CLOSED);
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        EngineException cause = draining();
        boolean orderly = false;
        try {
            while (state.get() != State.CLOSED) {
                counters.moved();
                if (!turns.turn()) {
                    rest();
                }
            }
            orderly = true;
        } catch (RuntimeException | Error e) {
            cause = new EngineFaultException("scheduler_failed", "the scheduler ended: " + e, e);
            state.set(State.CLOSED);
        } finally {
            ended = true;
            turns.endAll(cause, orderly);
        }
    }

    /** Sleeps until woken; not for long while something waits for time to pass. */
    private void rest() {
        if (!woken) {
            if (counters.running() + line.size() == 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, turns.untilDeadline(LONGEST_REST_NANOS));
            }
        }
        woken = false;
    }

    private void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    private static RequestRefusedException draining() {
        return new RequestRefusedException(Reason.DRAINING, "", "the engine takes no new requests: it is draining");
    }
}
