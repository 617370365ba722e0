package dev.outpost.runtime.mqtt;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;

/**
 * When the next connection may be tried: exponential backoff with full jitter, and never more than so many a minute.
 * A fleet that lost its broker must not come back as one. One thread.
 */
final class ConnectPace {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final PaceSettings settings;
    private final RandomGenerator random;
    private final ArrayDeque<Long> attempts = new ArrayDeque<>();
    private int failures;

    ConnectPace(PaceSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** Notes an attempt at {@code now} nanoseconds. */
    void attempted(long now) {
        attempts.addLast(now);
        if (attempts.size() > settings.connectsPerMinute()) {
            attempts.removeFirst();
        }
    }

    /** Notes how a connection or attempt ended. */
    void ended(Duration lasted, boolean refused) {
        if (lasted.compareTo(settings.stable()) >= 0) {
            failures = 0;
        }
        failures = refused ? Integer.SIZE : Math.min(failures + 1, Integer.SIZE);
    }

    /** Nanoseconds to wait before the next attempt: backoff with full jitter, drawn anew at each call. */
    long backoffNanos() {
        if (failures == 0) {
            return 0;
        }
        long bound = settings.first().toNanos();
        for (int i = 1; i < failures && bound < settings.most().toNanos(); i++) {
            bound *= 2;
        }
        return random.nextLong(Math.max(1, Math.min(bound, settings.most().toNanos())));
    }

    /** Nanoseconds until the rate allows an attempt, whatever the backoff says. */
    long rateNanos(long now) {
        boolean full = attempts.size() >= settings.connectsPerMinute();
        return full ? Math.max(0, attempts.getFirst() + MINUTE - now) : 0;
    }
}
