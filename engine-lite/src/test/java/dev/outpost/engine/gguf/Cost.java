package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What one refusal may cost: 250 ms of processor time, 32 MiB of heap. */
final class Cost {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MOST_NANOS = 250_000_000;
    private static final long MOST_BYTES = 32L << 20;
    private static final int TRIES = 5;

    private Cost() {}

    static void assertSmall(Runnable work) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        work.run();
        long spentNanos = THREADS.getCurrentThreadCpuTime() - nanos;
        long spentBytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        assertTrue(spentNanos <= MOST_NANOS, () -> "processor time: nanos=" + spentNanos);
        // All that was allocated, which is more than what was held at any one time.
        assertTrue(spentBytes <= MOST_BYTES, () -> "heap: bytes=" + spentBytes);
    }

    /** The best of a few tries, so that a busy machine or a cold compiler does not decide. */
    static long bestNanos(Runnable work) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long start = THREADS.getCurrentThreadCpuTime();
            work.run();
            best = Math.min(best, THREADS.getCurrentThreadCpuTime() - start);
        }
        return best;
    }
}
