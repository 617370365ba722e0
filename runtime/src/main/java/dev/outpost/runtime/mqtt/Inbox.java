package dev.outpost.runtime.mqtt;

import java.util.concurrent.LinkedBlockingQueue;
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

    private record Item(long bytes, Runnable action) {}

    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>(MOST_ITEMS);
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
        offer(new Item(message.payload().length + 64L, () -> handler.accept(message)));
    }

    void run(Runnable action) {
        offer(new Item(0, action));
    }

    @Override
    public void close() {
        closed = true;
        items.clear();
        items.offer(new Item(0, () -> {}));
    }

    private void offer(Item item) {
        boolean fits = bytes.addAndGet(item.bytes()) <= MOST_BYTES && items.offer(item);
        if (!fits) {
            bytes.addAndGet(-item.bytes());
            dropped.incrementAndGet();
        }
    }

    private void run() {
        while (!closed) {
            try {
                var item = items.take();
                bytes.addAndGet(-item.bytes());
                item.action().run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "message handler failed: " + thread.getName(), e);
            }
        }
    }
}
