package dev.outpost.runtime.fleet.carrier;

import java.time.Duration;

/**
 * How much may be on the way, and for how long: additive increase, halved by a loss; the timeout follows the measured
 * round trip (RFC 6298). One thread.
 */
final class FlightWindow {
    private static final long LEAST_TIMEOUT = Duration.ofMillis(500).toNanos();
    private static final long MOST_TIMEOUT = Duration.ofSeconds(10).toNanos();

    private final int chunkBytes;
    private final int most;
    private int chunks;
    private long clean;
    private long round;
    private long smoothed;
    private long variance;
    private long timeout;

    FlightWindow(MqttCarrierSettings settings) {
        this.chunkBytes = settings.chunkBytes();
        this.most = settings.windowChunks();
        this.chunks = Math.max(1, most / 2);
        this.timeout = settings.firstTimeout().toNanos();
    }

    /** Bytes that may be on the way or wait for their turn. */
    long bytes() {
        return (long) chunks * chunkBytes;
    }

    /** Silence after which what is on the way counts as lost, nanoseconds. */
    long timeoutNanos() {
        return timeout;
    }

    /** Asked-for bytes came. */
    void arrived(int bytes) {
        clean += bytes;
        if (clean >= bytes()) {
            clean = 0;
            chunks = Math.min(most, chunks + 1);
        }
    }

    /** Something was lost: half the window, once for all that was on the way. */
    void lost(long requests) {
        if (requests > round) {
            chunks = Math.max(1, chunks / 2);
            clean = 0;
            round = requests;
        }
    }

    /** Nothing came in time. */
    void silent(long requests) {
        lost(requests);
        timeout = Math.min(MOST_TIMEOUT, timeout * 2);
    }

    /** The first chunk of a request came {@code nanos} after it was asked for. */
    void measured(long nanos) {
        if (smoothed == 0) {
            smoothed = nanos;
            variance = nanos / 2;
        } else {
            variance += (Math.abs(smoothed - nanos) - variance) / 4;
            smoothed += (nanos - smoothed) / 8;
        }
        timeout = Math.clamp(smoothed + 4 * variance, LEAST_TIMEOUT, MOST_TIMEOUT);
    }
}
