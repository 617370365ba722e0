package dev.outpost.runtime.supervise;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Feeds systemd's watchdog, but only while every check holds: a bare timer would keep a stuck process alive.
 *
 * <p>One thread of its own, three rounds per period, so that one slow round does not end the process.
 */
public final class Watchdog implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Watchdog.class.getName());

    private final Duration period;
    private final Runnable feed;
    private final BooleanSupplier engineMoves;
    private final BooleanSupplier httpAnswers;
    private final Thread thread;
    private boolean starving;

    /**
     * @param period systemd ends the process when unfed for this long ({@code WATCHDOG_USEC})
     * @param feed sends {@code WATCHDOG=1}
     * @param engineMoves the scheduler runs batches, or has nothing to run
     * @param httpAnswers see {@link LifeProbe}
     */
    public Watchdog(Duration period, Runnable feed, BooleanSupplier engineMoves, BooleanSupplier httpAnswers) {
        this.period = period;
        this.feed = feed;
        this.engineMoves = engineMoves;
        this.httpAnswers = httpAnswers;
        this.thread = Thread.ofPlatform().name("watchdog").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** One round: checks, feeds, and says once when it stops or starts again to feed. */
    boolean round() {
        boolean moves = engineMoves.getAsBoolean();
        boolean answers = httpAnswers.getAsBoolean();
        if (moves && answers) {
            feed.run();
        }
        if (starving != !(moves && answers)) {
            starving = !starving;
            LOG.log(starving ? Level.ERROR : Level.INFO, starving
                    ? "watchdog not fed: engineMoves={0}, httpAnswers={1}"
                    : "watchdog fed again: engineMoves={0}, httpAnswers={1}", moves, answers);
        }
        return !starving;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                round();
                Thread.sleep(period.dividedBy(3));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
