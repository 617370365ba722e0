package dev.outpost.runtime.fleet.carrier;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An answer's body as it comes, read under a deadline by the thread that asked. At most two parts wait; the server is held
 * back by TCP.
 */
final class BodyQueue implements BodySubscriber<BodyQueue>, AutoCloseable {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int AHEAD = 2;

    private sealed interface Part {
        record Bytes(List<ByteBuffer> buffers) implements Part {}

        record End(Optional<Throwable> failure) implements Part {}
    }

    private final RangeCarrierSettings settings;
    private final LinkedBlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
    private long windowStart = System.nanoTime();
    private long windowBytes;
    private boolean ended;

    BodyQueue(RangeCarrierSettings settings) {
        this.settings = settings;
    }

    @Override
    public CompletionStage<BodyQueue> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.complete(given);
        given.request(AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        parts.add(new Part.Bytes(buffers));
    }

    @Override
    public void onError(Throwable failure) {
        parts.add(new Part.End(Optional.of(failure)));
    }

    @Override
    public void onComplete() {
        parts.add(new Part.End(Optional.empty()));
    }

    /** Fills {@code target}; fewer bytes only at the end of the body. */
    void fill(ByteBuffer target) throws IOException, InterruptedException {
        while (target.hasRemaining() && more()) {
            var source = ready.peek();
            int length = Math.min(source.remaining(), target.remaining());
            target.put(source.slice(source.position(), length));
            source.position(source.position() + length);
        }
    }

    /** Whether the body has ended; waits for it. */
    boolean atEnd() throws IOException, InterruptedException {
        return !more();
    }

    /** Lets the rest go; the connection is closed unless the body has ended. */
    @Override
    public void close() {
        if (!ended) {
            subscription.thenAccept(Flow.Subscription::cancel);
        }
    }

    private boolean more() throws IOException, InterruptedException {
        while (true) {
            while (!ready.isEmpty() && !ready.peek().hasRemaining()) {
                ready.poll();
            }
            if (!ready.isEmpty()) {
                return true;
            }
            if (ended) {
                return false;
            }
            next();
        }
    }

    private void next() throws IOException, InterruptedException {
        var part = parts.poll(settings.stall().toNanos(), TimeUnit.NANOSECONDS);
        switch (part) {
            case null -> throw new IOException("server sends nothing: seconds=" + settings.stall().toSeconds());
            case Part.Bytes(List<ByteBuffer> buffers) -> {
                buffers.forEach(buffer -> windowBytes += buffer.remaining());
                ready.addAll(buffers);
                subscription.thenAccept(open -> open.request(1));
                watchPace();
            }
            case Part.End(Optional<Throwable> failure) -> {
                ended = true;
                if (failure.isPresent()) {
                    throw new IOException("connection broke: " + failure.get().getMessage(), failure.get());
                }
            }
        }
    }

    private void watchPace() throws IOException {
        long elapsed = System.nanoTime() - windowStart;
        if (elapsed >= WINDOW.toNanos()) {
            double rate = windowBytes / (elapsed / 1e9);
            if (rate < settings.slowestBytesPerSecond()) {
                throw new IOException("server is too slow: bytesPerSecond=" + (long) rate);
            }
            windowStart = System.nanoTime();
            windowBytes = 0;
        }
    }
}
