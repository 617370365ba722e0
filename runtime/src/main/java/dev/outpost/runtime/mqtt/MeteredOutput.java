package dev.outpost.runtime.mqtt;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what is written and holds it to a rate: a token bucket of one second, refilled steadily. One writer. */
final class MeteredOutput extends OutputStream {

    private static final int SLICE = 16 << 10;

    private final OutputStream target;
    private final AtomicLong bytes;
    private final long bytesPerSecond;
    private final Runnable firstPacketWritten;
    private boolean written;
    private boolean announced;
    private double allowance;
    private long refilledAt = System.nanoTime();

    /** @param firstPacketWritten called once, when the first flush after the first bytes is done */
    MeteredOutput(OutputStream target, AtomicLong bytes, long bytesPerSecond, Runnable firstPacketWritten) {
        this.target = target;
        this.bytes = bytes;
        this.bytesPerSecond = bytesPerSecond;
        this.firstPacketWritten = firstPacketWritten;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += SLICE) {
            int count = Math.min(SLICE, length - at);
            if (bytesPerSecond > 0) {
                await(count);
            }
            target.write(source, offset + at, count);
            bytes.addAndGet(count);
            written = true;
        }
    }

    @Override
    public void flush() throws IOException {
        target.flush();
        if (!announced && written) {
            announced = true;
            firstPacketWritten.run();
        }
    }

    @Override
    public void close() throws IOException {
        target.close();
    }

    private void await(int count) throws IOException {
        try {
            refill();
            while (allowance < count && allowance < bytesPerSecond) {
                TimeUnit.NANOSECONDS
                        .sleep((long) (Math.min(count - allowance, bytesPerSecond) * 1e9 / bytesPerSecond) + 1);
                refill();
            }
            allowance -= count;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the rate limit", e);
        }
    }

    private void refill() {
        long now = System.nanoTime();
        allowance = Math.min(bytesPerSecond, allowance + (now - refilledAt) / 1e9 * bytesPerSecond);
        refilledAt = now;
    }
}
