package dev.outpost.engine.kernels;

import dev.outpost.engine.failure.EngineFaultException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Persistent workers for steps of microseconds, on a box that runs other things too.
 *
 * <p>Chunks are claimed by one counter; the caller takes part. A worker without work spins for a bounded time, then
 * parks. A chunk whose worker lost its processor is computed again by the caller: results are committed by
 * compare-and-set on a word per chunk, so the later of the two is dropped.
 *
 * <pre>
 * ticket   | generation 44 | chunks 10 | next 10 |         one step is one generation
 * word     | generation 62 | 1 = being committed, 2 = done |     an older generation means: open
 * </pre>
 *
 * {@link #run} is for one caller at a time; {@link #close} joins the workers, so memory they read stays mapped until
 * then.
 */
final class WorkerPool implements AutoCloseable {

    /** Most chunks of a step. */
    static final int MAX_CHUNKS = 1023;

    private static final long SPIN_NANOS = 300_000;
    private static final int SPINS_PER_CLOCK_READ = 64;
    private static final int COMMITTING = 1;
    private static final int DONE = 2;

    private final AtomicLong ticket = new AtomicLong();
    private final AtomicLongArray words = new AtomicLongArray(MAX_CHUNKS + 1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final KernelScratch callerScratch = new KernelScratch();
    private final Worker[] workers;
    private final long spinNanos;
    private volatile Region region;
    private volatile boolean closed;
    private long generation;
    private long overtaken;

    /** @param threads workers, the caller counted; at least 1 */
    WorkerPool(int threads) {
        this(threads, SPIN_NANOS);
    }

    WorkerPool(int threads, long spinNanos) {
        this.spinNanos = spinNanos;
        this.workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker();
            workers[i].setName("outpost-kernels-" + (i + 1));
            workers[i].setDaemon(true);
            workers[i].start();
        }
    }

    /** The caller counted. */
    int threads() {
        return workers.length + 1;
    }

    /** Chunks that the caller computed a second time. */
    long overtaken() {
        return overtaken;
    }

    /** Workers whose threads have not ended. */
    int alive() {
        int alive = 0;
        for (Worker worker : workers) {
            alive += worker.isAlive() ? 1 : 0;
        }
        return alive;
    }

    /** Workers that wait without using a processor. */
    int parked() {
        int parked = 0;
        for (Worker worker : workers) {
            parked += worker.parked ? 1 : 0;
        }
        return parked;
    }

    /**
     * Runs all chunks of a step and returns when every one is committed.
     *
     * @param chunks 1..{@link #MAX_CHUNKS}
     * @throws EngineFaultException code {@code kernel_failed} where a chunk threw
     */
    void run(Region step, int chunks) {
        if (workers.length == 0 || chunks == 1) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                step.compute(chunk, callerScratch);
                step.commit(chunk, callerScratch);
            }
            return;
        }
        region = step;
        generation++;
        ticket.set(generation << 20 | (long) chunks << 10);
        for (Worker worker : workers) {
            if (worker.parked) {
                LockSupport.unpark(worker);
            }
        }
        finish(step, chunks);
        Throwable cause = failure.getAndSet(null);
        if (cause != null) {
            throw new EngineFaultException("kernel_failed", "a chunk of a parallel step failed: chunks=" + chunks,
                    cause);
        }
    }

    /** Claims while there is something to claim, then sees to it that all chunks get done. */
    private void finish(Region step, int chunks) {
        long start = System.nanoTime();
        int own = 0;
        while (claimAndRun(callerScratch)) {
            own++;
        }
        long patience = (System.nanoTime() - start) / Math.max(1, own) * 3 / 2;
        for (int chunk = 0; chunk < chunks; chunk++) {
            if (!await(chunk, patience)) {
                overtaken++;
                process(step, generation, chunk, callerScratch);
                await(chunk, Long.MAX_VALUE);
            }
        }
    }

    private boolean await(int chunk, long patience) {
        long done = generation << 2 | DONE;
        long deadline = 0;
        for (int spins = 1; words.getAcquire(chunk) != done; spins++) {
            Thread.onSpinWait();
            if (spins % SPINS_PER_CLOCK_READ == 0) {
                long now = System.nanoTime();
                if (deadline == 0) {
                    deadline = patience == Long.MAX_VALUE ? Long.MAX_VALUE : now + patience;
                }
                boolean beingCommitted = words.getAcquire(chunk) == (generation << 2 | COMMITTING);
                if (beingCommitted) {
                    Thread.yield();
                } else if (now > deadline) {
                    return false;
                }
            }
        }
        return true;
    }

    /** @return false where no chunk is left to claim */
    private boolean claimAndRun(KernelScratch scratch) {
        while (true) {
            long seen = ticket.get();
            long next = seen & MAX_CHUNKS;
            if (next >= (seen >>> 10 & MAX_CHUNKS)) {
                return false;
            }
            Region step = region;
            if (ticket.compareAndSet(seen, seen + 1)) {
                process(step, seen >>> 20, (int) next, scratch);
                return true;
            }
        }
    }

    private void process(Region step, long stamp, int chunk, KernelScratch scratch) {
        Throwable thrown = null;
        try {
            step.compute(chunk, scratch);
        } catch (RuntimeException | Error e) {
            thrown = e;
        }
        long word = words.get(chunk);
        if (word >>> 2 < stamp && words.compareAndSet(chunk, word, stamp << 2 | COMMITTING)) {
            if (thrown == null) {
                step.commit(chunk, scratch);
            } else {
                failure.compareAndSet(null, thrown);
            }
            words.setRelease(chunk, stamp << 2 | DONE);
        }
    }

    /** Ends the workers and waits for them. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker extends Thread {

        private final KernelScratch scratch = new KernelScratch();
        private volatile boolean parked;

        @Override
        public void run() {
            while (!closed) {
                if (!claimAndRun(scratch)) {
                    idle();
                }
            }
        }

        /** Spins until there is work or the time is over, then parks. */
        private void idle() {
            long seen = ticket.get();
            long start = System.nanoTime();
            while (ticket.get() == seen && !closed) {
                for (int i = 0; i < SPINS_PER_CLOCK_READ && ticket.get() == seen; i++) {
                    Thread.onSpinWait();
                }
                if (System.nanoTime() - start > spinNanos) {
                    parkUntil(seen);
                }
            }
        }

        private void parkUntil(long seen) {
            parked = true;
            while (ticket.get() == seen && !closed) {
                LockSupport.park(WorkerPool.this);
            }
            parked = false;
        }
    }
}
