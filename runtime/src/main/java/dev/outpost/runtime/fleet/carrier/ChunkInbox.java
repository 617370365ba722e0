package dev.outpost.runtime.fleet.carrier;

import dev.outpost.runtime.mqtt.MqttIncoming;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where the link's thread leaves chunks for the thread that pulls. What is of another transfer or session, damaged, or
 * more than was asked for is dropped and counted.
 */
final class ChunkInbox {
    private static final long MOST_BYTES = 2 << 20;
    private static final int MOST_CHUNKS = 1_024;

    private record Session(int transfer, int epoch) {}

    private final LinkedBlockingQueue<ChunkFrame> chunks = new LinkedBlockingQueue<>(MOST_CHUNKS);
    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicLong late = new AtomicLong();
    private volatile Optional<Session> current = Optional.empty();

    /** The link's thread; never blocks. */
    void arrived(MqttIncoming message) {
        var session = current;
        if (session.isEmpty() || message.retained()) {
            late.incrementAndGet();
            return;
        }
        var frame = ChunkFrame.of(message.payload());
        if (frame.isEmpty()) {
            damaged.incrementAndGet();
        } else if (frame.get().transfer() != session.get().transfer()
                || frame.get().epoch() != session.get().epoch()) {
            late.incrementAndGet();
        } else {
            offer(frame.get());
        }
    }

    /** From now on chunks of this session count; those already here stay. */
    void expect(int transfer, int epoch) {
        current = Optional.of(new Session(transfer, epoch));
    }

    /** Nothing counts any more, and nothing is kept. */
    void close() {
        current = Optional.empty();
        while (take(chunks.poll()).isPresent()) {
            // let go
        }
    }

    Optional<ChunkFrame> poll(long nanos) throws InterruptedException {
        return take(chunks.poll(nanos, TimeUnit.NANOSECONDS));
    }

    /** Chunks dropped because they were damaged. */
    long damaged() {
        return damaged.get();
    }

    /** Chunks dropped because their session is over, or more came than was asked for. */
    long late() {
        return late.get();
    }

    private void offer(ChunkFrame frame) {
        int bytes = frame.content().remaining();
        if (queued.addAndGet(bytes) > MOST_BYTES || !chunks.offer(frame)) {
            queued.addAndGet(-bytes);
            late.incrementAndGet();
        }
    }

    private Optional<ChunkFrame> take(ChunkFrame frame) {
        if (frame == null) {
            return Optional.empty();
        }
        queued.addAndGet(-frame.content().remaining());
        return Optional.of(frame);
    }
}
