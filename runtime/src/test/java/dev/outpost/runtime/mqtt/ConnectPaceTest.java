package dev.outpost.runtime.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectPaceTest {

    private final ConnectPace pace = new ConnectPace(PaceSettings.DEFAULT, new Random(1));

    @Test
    void triesAtOnceAtFirst() {
        assertEquals(0, pace.backoffNanos());
        assertEquals(0, pace.rateNanos(0));
    }

    @Test
    void doublesTheBoundUpToFiveMinutesAndDrawsBelowIt() {
        long bound = Duration.ofSeconds(1).toNanos();
        for (int failure = 1; failure <= 15; failure++) {
            pace.ended(Duration.ZERO, false);
            long largest = 0;
            for (int draw = 0; draw < 2_000; draw++) {
                long wait = pace.backoffNanos();
                assertTrue(wait >= 0 && wait <= bound);
                largest = Math.max(largest, wait);
            }
            assertTrue(largest > bound * 0.98, "full jitter uses the whole range");
            bound = Math.min(bound * 2, Duration.ofMinutes(5).toNanos());
        }
    }

    @Test
    void takesTheLongestStepAfterARefusalAndForgetsAfterAStableConnection() {
        pace.ended(Duration.ZERO, true);
        long largest = 0;
        for (int draw = 0; draw < 1_000; draw++) {
            largest = Math.max(largest, pace.backoffNanos());
        }
        assertTrue(largest > Duration.ofMinutes(4).toNanos());
        pace.ended(Duration.ofSeconds(20), false);
        assertTrue(pace.backoffNanos() <= Duration.ofSeconds(1).toNanos());
    }

    @Test
    void allowsTenAttemptsInAnyMinute() {
        for (int i = 0; i < 10; i++) {
            assertEquals(0, pace.rateNanos(i));
            pace.attempted(TimeUnit.SECONDS.toNanos(i));
        }
        long now = TimeUnit.SECONDS.toNanos(30);
        assertEquals(TimeUnit.SECONDS.toNanos(30), pace.rateNanos(now));
        assertEquals(0, pace.rateNanos(TimeUnit.SECONDS.toNanos(60)));
    }

    /** Ten days of a broker that takes and drops every connection, on a clock of its own. */
    @Test
    void theShippedDefaultsNeverConnectMoreThanTenTimesInAnyMinute() {
        var random = new Random(7);
        var attempts = new ArrayList<Long>();
        for (long now = 0; now < TimeUnit.DAYS.toNanos(10);) {
            now += pace.backoffNanos();
            now += pace.rateNanos(now);
            pace.attempted(now);
            attempts.add(now);
            var lasted = Duration.ofMillis(random.nextInt(10) == 0 ? 20_000 + random.nextInt(60_000) : 1);
            now += lasted.toNanos();
            pace.ended(lasted, false);
        }
        assertTrue(attempts.size() > 1_000, "attempts=" + attempts.size());
        for (int i = 10; i < attempts.size(); i++) {
            long span = attempts.get(i) - attempts.get(i - 10);
            assertTrue(span >= TimeUnit.MINUTES.toNanos(1), "eleven attempts within " + span + " ns");
        }
    }
}
