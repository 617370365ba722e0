package dev.outpost.runtime.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.EngineStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    private final AtomicInteger fed = new AtomicInteger();
    private final AtomicBoolean moves = new AtomicBoolean(true);
    private final AtomicBoolean answers = new AtomicBoolean(true);

    @Test
    void isFedWhileBothChecksHold() {
        try (Watchdog watchdog = watchdog(Duration.ofSeconds(10))) {
            assertTrue(watchdog.round());
        }
        assertEquals(1, fed.get());
    }

    @Test
    void isNotFedWhileTheSchedulerStandsStill() {
        moves.set(false);
        try (Watchdog watchdog = watchdog(Duration.ofSeconds(10))) {
            assertFalse(watchdog.round());
        }
        assertEquals(0, fed.get());
    }

    @Test
    void isNotFedWhileTheListenerIsSilentAndAgainAfterwards() {
        answers.set(false);
        try (Watchdog watchdog = watchdog(Duration.ofSeconds(10))) {
            assertFalse(watchdog.round());
            answers.set(true);
            assertTrue(watchdog.round());
        }
        assertEquals(1, fed.get());
    }

    @Test
    void feedsThreeTimesAPeriodUntilItIsClosed() throws InterruptedException {
        var thrice = new CountDownLatch(3);
        try (var watchdog = new Watchdog(Duration.ofMillis(30), thrice::countDown, moves::get, answers::get)) {
            watchdog.start();
            assertTrue(thrice.await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void anIdleSchedulerCountsAsMovingAndAStuckOneDoesNot() {
        long now = 100_000_000_000L;
        long patience = 5_000_000_000L;
        assertTrue(new EngineStatus(7, 0, 0, 0, 0, 0, 0).movesOrIdles(now, patience));
        assertTrue(new EngineStatus(7, 1, 0, 0, 0, 0, now - 1_000_000_000L).movesOrIdles(now, patience));
        assertFalse(new EngineStatus(7, 1, 0, 0, 0, 0, now - 6_000_000_000L).movesOrIdles(now, patience));
    }

    private Watchdog watchdog(Duration period) {
        return new Watchdog(period, fed::incrementAndGet, moves::get, answers::get);
    }
}
