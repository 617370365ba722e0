package dev.outpost.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.EngineFaultException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerPoolTest {

    private static final long SHORT_SPIN = 50_000;

    /** Writes the square of each chunk's number. */
    private static class Squares extends Region {

        final int[] out = new int[WorkerPool.MAX_CHUNKS];
        final AtomicInteger commits = new AtomicInteger();

        @Override
        void compute(int chunk, KernelScratch scratch) {
            scratch.result(1)[0] = chunk * chunk;
        }

        @Override
        void commit(int chunk, KernelScratch scratch) {
            out[chunk] = (int) scratch.result(1)[0];
            commits.incrementAndGet();
        }
    }

    @Test
    void commitsEveryChunkOnceOverManySteps() {
        try (WorkerPool pool = new WorkerPool(3, SHORT_SPIN)) {
            var squares = new Squares();
            for (int step = 0; step < 2000; step++) {
                int chunks = 1 + step % 40;
                squares.commits.set(0);
                Arrays.fill(squares.out, -1);
                pool.run(squares, chunks);
                assertEquals(chunks, squares.commits.get());
                for (int chunk = 0; chunk < chunks; chunk++) {
                    assertEquals(chunk * chunk, squares.out[chunk]);
                }
            }
        }
    }

    /** Its first worker to arrive stops in the middle of a chunk until it is let go. */
    private static final class Stalling extends Squares {

        final Thread caller = Thread.currentThread();
        final CountDownLatch stalled = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        @Override
        void compute(int chunk, KernelScratch scratch) {
            boolean worker = Thread.currentThread() != caller;
            if (worker && stalled.getCount() == 1) {
                stalled.countDown();
                await(release);
            } else if (!worker) {
                await(stalled);
            }
            super.compute(chunk, scratch);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void aStalledWorkerIsOvertakenAndItsLateResultDropped() throws InterruptedException {
        try (WorkerPool pool = new WorkerPool(2, SHORT_SPIN)) {
            var stalling = new Stalling();
            pool.run(stalling, 8);
            assertEquals(8, stalling.commits.get());
            assertEquals(1, pool.overtaken());
            var next = new Squares();
            pool.run(next, 5);
            stalling.release.countDown();
            Thread.sleep(20);
            assertEquals(8, stalling.commits.get());
            pool.run(next, 5);
            assertEquals(10, next.commits.get());
        }
    }

    @Test
    void idleWorkersParkAndWakeForWork() throws InterruptedException {
        try (WorkerPool pool = new WorkerPool(3, SHORT_SPIN)) {
            for (int waited = 0; pool.parked() < 2; waited++) {
                assertTrue(waited < 5000, "workers do not park");
                Thread.sleep(1);
            }
            var squares = new Squares();
            pool.run(squares, 64);
            assertEquals(64, squares.commits.get());
        }
    }

    @Test
    void aFailedChunkFailsTheStepAndNotTheNext() {
        try (WorkerPool pool = new WorkerPool(2, SHORT_SPIN)) {
            var cause = new IllegalStateException("chunk 3");
            var failing = new Squares() {
                @Override
                void compute(int chunk, KernelScratch scratch) {
                    if (chunk == 3) {
                        throw cause;
                    }
                    super.compute(chunk, scratch);
                }
            };
            var fault = assertThrows(EngineFaultException.class, () -> pool.run(failing, 6));
            assertEquals("kernel_failed", fault.code());
            assertSame(cause, fault.getCause());
            var squares = new Squares();
            pool.run(squares, 6);
            assertEquals(6, squares.commits.get());
        }
    }

    @Test
    void closeEndsItsThreadsAndMayBeRepeated() {
        WorkerPool pool = new WorkerPool(4, SHORT_SPIN);
        pool.run(new Squares(), 9);
        pool.close();
        pool.close();
        assertEquals(0, pool.alive());
    }
}
