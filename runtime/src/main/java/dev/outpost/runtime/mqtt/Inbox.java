package dev.outpost.runtime.mqtt;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Hands what arrives to the handlers on one thread. Bounded in bytes: a broker that floods fills this and no more;
 * what does not fit is dropped and counted, since everything that matters is asked for again above MQTT.
 */
final class Inbox implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Inbox.class.getName());
    private static final long MOST_BYTES = 8 << 20;
    private static final int MOST_ITEMS = 10_000;
    private static final long OVERHEAD = 64;

    private record Item(long bytes, Runnable action) {}

    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped;
    private final Thread thread;
    private volatile boolean closed;

    Inbox(String link, AtomicLong dropped) {
        this.dropped = dropped;
        this.thread = Thread.ofPlatform().daemon().name("mqtt-" + link + "-inbox").start(this::run);
    }

    /** Never blocks, never throws: it is called on Paho's thread. */
    void arrived(MqttIncoming message, Consumer<MqttIncoming> handler) {
        var item = new Item(message.payload().length + OVERHEAD, () -> handler.accept(message));
        boolean fits = bytes.addAndGet(item.bytes()) <= MOST_BYTES & waiting.incrementAndGet() <= MOST_ITEMS;
        if (fits) {
            items.add(item);
        } else {
            left(item);
            dropped.incrementAndGet();
        }
    }

    /** Never dropped: whatever a broker floods, who waits for a connection hears of it. These are few. */
    void run(Runnable action) {
        items.add(new Item(0, action));
    }

    @Override
    public void close() {
        closed = true;
        items.clear();
        items.offer(new Item(0, () -> {}));
    }

    private void left(Item item) {
        if (item.bytes() > 0) {
            bytes.addAndGet(-item.bytes());
            waiting.decrementAndGet();
        }
    }

    private void run() {
        while (!closed) {
            try {
                var item = items.take();
                left(item);
                item.action().run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                // a link that lost this thread would be connected and deaf for good
                LOG.log(System.Logger.Level.WARNING, "message handler failed: " + thread.getName(), e);
            }
        }
    }
}
