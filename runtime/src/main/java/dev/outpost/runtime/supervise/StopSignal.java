package dev.outpost.runtime.supervise;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Turns SIGTERM and SIGINT into a wake-up of the serving thread, and holds the process until that thread has stopped
 * in order.
 *
 * <p>The virtual machine would report such an end as 143; an orderly stop is a success, so the process then ends with
 * the status of {@link #stopped}.
 */
public final class StopSignal {

    private final CountDownLatch wanted = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final IntConsumer halt;
    private final Duration patience;
    private final Thread hook = Thread.ofPlatform().name("stop-signal").unstarted(this::asked);
    private volatile boolean serving;
    private volatile int status;

    /**
     * @param halt ends the process at once with a status
     * @param patience how long an orderly stop may take
     */
    public StopSignal(IntConsumer halt, Duration patience) {
        this.halt = halt;
        this.patience = patience;
    }

    /** From now on a signal ends the process with success; there is nothing to drain yet. */
    public void listen() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** From now on a signal wakes {@link #await} and waits for {@link #stopped}. */
    public void serving() {
        serving = true;
    }

    /** The start failed: its status counts. */
    public void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            stopped(0);
        }
    }

    /** Asks the process to stop, as a signal would; who supervises it starts it afresh. */
    public void ask() {
        wanted.countDown();
    }

    /** Blocks until the process is asked to stop. */
    public void await() throws InterruptedException {
        wanted.await();
    }

    /** Everything is closed: the process may end. */
    public void stopped(int exitStatus) {
        status = exitStatus;
        stopped.countDown();
    }

    private void asked() {
        wanted.countDown();
        try {
            if (!serving || stopped.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                halt.accept(status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
