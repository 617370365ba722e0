package dev.outpost.provisioning.stage;

import java.time.Duration;

/**
 * How a transfer behaves.
 *
 * @param bytesPerSecond bandwidth limit; 0 = none
 * @param slowestBytesPerSecond a carrier below this over {@code patience} is left for the next; 0 = never
 * @param patience how long a carrier may be slow
 * @param blocksPerOrder blocks asked of a carrier at once
 * @param badBlocks bad blocks from one carrier before it is left
 */
public record TransferLimits(long bytesPerSecond, long slowestBytesPerSecond, Duration patience, int blocksPerOrder,
        int badBlocks) {
    /** No bandwidth limit; at least 128 B/s over a minute; 64 blocks an order; three bad blocks. */
    public static final TransferLimits STANDARD = new TransferLimits(0, 128, Duration.ofMinutes(1), 64, 3);
}
