package dev.outpost.provisioning.stage;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket over monotonic time. Carriers ask how long to wait before they request bytes; nothing sleeps here. The
 * bucket holds a tenth of a second's worth, so that over any ten seconds the rate is met within one percent. Single thread.
 */
public final class RateLimit {
    private static final double NANOS = 1e9;

    private final long bytesPerSecond;
    private final LongSupplier nanoClock;
    private double tokens;
    private long last;

    /**
     * @param bytesPerSecond most bytes a second; 0 = no limit
     * @param nanoClock monotonic nanoseconds
     */
    public RateLimit(long bytesPerSecond, LongSupplier nanoClock) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoClock = nanoClock;
        this.last = nanoClock.getAsLong();
    }

    /** Most bytes a second; 0 = no limit. */
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /** Takes {@code bytes} from the bucket; returns how long to wait before they may be requested. */
    public Duration take(long bytes) {
        if (bytesPerSecond == 0) {
            return Duration.ZERO;
        }
        long now = nanoClock.getAsLong();
        tokens = Math.min(bytesPerSecond / 10.0, tokens + (now - last) / NANOS * bytesPerSecond);
        last = now;
        tokens -= bytes;
        return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(-tokens / bytesPerSecond * NANOS));
    }
}
