package dev.outpost.provisioning.stage;

import java.util.Optional;
import java.util.function.LongSupplier;

/** Watches one carrier for bad blocks and for slow retrieval, and says when to leave it. */
final class CarrierWatch {
    private final TransferLimits limits;
    private final LongSupplier nanoClock;
    private long windowStart;
    private long windowBytes;
    private int bad;
    private Optional<String> leave = Optional.empty();

    CarrierWatch(TransferLimits limits, LongSupplier nanoClock) {
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.windowStart = nanoClock.getAsLong();
    }

    void saw(boolean good, int bytes) {
        if (!good && ++bad >= limits.badBlocks()) {
            leave = Optional.of("sent bad blocks: count=" + bad);
        }
        windowBytes += good ? bytes : 0;
        long elapsed = nanoClock.getAsLong() - windowStart;
        if (elapsed >= limits.patience().toNanos()) {
            double rate = windowBytes / (elapsed / 1e9);
            if (rate < limits.slowestBytesPerSecond()) {
                leave = Optional.of("is too slow: bytesPerSecond=" + (long) rate);
            }
            windowStart = nanoClock.getAsLong();
            windowBytes = 0;
        }
    }

    /** Why to leave, if it is time. */
    Optional<String> leave() {
        return leave;
    }
}
