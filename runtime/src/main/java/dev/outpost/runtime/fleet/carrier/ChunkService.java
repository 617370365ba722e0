package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.stage.RateLimit;
import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.BlockView;
import dev.outpost.runtime.fleet.carrier.ChunkQueue.Work;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Kind;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Range;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The answering half of the chunk protocol: reads requests from a link, bytes from a book, and sends chunks at QoS 0, one
 * device after the other. Nothing is remembered but what waits, so any hub may answer any request and be restarted at any
 * moment. One thread of its own; hostile requests cost a counter.
 */
public final class ChunkService implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ChunkService.class.getName());
    private static final long TICK_MILLIS = 250;
    private static final byte[] NOTHING = new byte[ChunkFrame.HEADER];

    private final MqttPort link;
    private final ChunkCounters counters = new ChunkCounters();
    private final ChunkQueue queue;
    private final OpenViews views;
    private final RateLimit rate;
    private final Thread thread;
    private volatile boolean closed;

    /** Subscribes and answers from now on. */
    public ChunkService(MqttPort link, BlockSourceBook book, ChunkServiceSettings settings) {
        this.link = link;
        this.queue = new ChunkQueue(settings, counters);
        this.views = new OpenViews(book, settings.openFiles());
        this.rate = new RateLimit(settings.bytesPerSecond(), System::nanoTime);
        link.subscribe(settings.filter(), 1, this::arrived);
        this.thread = Thread.ofPlatform().daemon().name("chunk-service").start(this::run);
    }

    /** What was answered and what was not. */
    public ChunkCounters counters() {
        return counters;
    }

    /** Stops answering; what waits is forgotten, the devices ask again. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(Duration.ofSeconds(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void arrived(MqttIncoming message) {
        counters.requested();
        if (closed) {
            return;
        }
        if (message.retained()) {
            counters.ignored(Ignored.RETAINED);
            return;
        }
        try {
            var request = ChunkRequest.of(message.payload());
            var device = TopicPlan.of(message.topic());
            if (message.topic().equals(device.own("xfer/" + request.digest().brief() + "/req"))) {
                queue.offer(device, request, System.nanoTime());
            } else {
                counters.ignored(Ignored.WRONG_TOPIC);
            }
        } catch (ProvisioningException e) {
            counters.ignored(Ignored.MALFORMED);
        } catch (IllegalArgumentException e) {
            counters.ignored(Ignored.WRONG_TOPIC);
        }
    }

    private void run() {
        try {
            while (!closed) {
                var work = queue.take(TICK_MILLIS);
                if (work.isPresent()) {
                    answer(work.get());
                }
            }
        } catch (InterruptedException e) {
            // Ends like closed.
        } finally {
            views.close();
        }
    }

    private void answer(Work work) throws InterruptedException {
        try {
            var chunk = chunk(work);
            if (chunk.isEmpty()) {
                send(work, NOTHING.clone(), ChunkFrame.ABSENT);
                return;
            }
            int length = chunk.get().length - ChunkFrame.HEADER;
            var wait = rate.take(length);
            if (!wait.isZero()) {
                TimeUnit.NANOSECONDS.sleep(wait.toNanos());
            }
            if (send(work, chunk.get(), 0) && length < work.range().length()) {
                queue.putBack(rest(work, length));
            }
        } catch (ProvisioningException e) {
            counters.ignored(Ignored.ABSENT);
            LOG.log(System.Logger.Level.WARNING, "cannot read what was asked for: digest=" + work.digest().hex(), e);
        }
    }

    /** Header space and bytes of the next chunk; empty when they are not here. */
    private Optional<byte[]> chunk(Work work) {
        var range = work.range();
        int length = Math.min(range.length(), work.chunkBytes());
        if (work.kind() == Kind.DOCUMENT) {
            var document = counted(views.document(work.digest()), Ignored.ABSENT);
            return counted(document.filter(bytes -> range.block() == 0
                    && (long) range.offset() + range.length() <= bytes.length), Ignored.OUTSIDE).map(bytes -> {
                        byte[] message = new byte[ChunkFrame.HEADER + length];
                        System.arraycopy(bytes, range.offset(), message, ChunkFrame.HEADER, length);
                        return message;
                    });
        }
        return counted(views.file(work.digest()), Ignored.ABSENT).flatMap(view -> read(view, range, length));
    }

    private Optional<byte[]> read(BlockView view, Range range, int length) {
        var blocks = view.blocks();
        boolean inside = range.block() < blocks.count()
                && blocks.offset(range.block()) + range.offset() + range.length() <= blocks.fileBytes();
        if (!inside) {
            counters.ignored(Ignored.OUTSIDE);
            return Optional.empty();
        }
        long position = blocks.offset(range.block()) + range.offset();
        byte[] message = new byte[ChunkFrame.HEADER + length];
        boolean here = view.holds(position, length)
                && view.read(position, ByteBuffer.wrap(message, ChunkFrame.HEADER, length)) == length;
        return counted(Optional.of(message).filter(bytes -> here), Ignored.ABSENT);
    }

    private <T> Optional<T> counted(Optional<T> found, Ignored otherwise) {
        if (found.isEmpty()) {
            counters.ignored(otherwise);
        }
        return found;
    }

    private boolean send(Work work, byte[] message, int flags) {
        var range = work.range();
        ChunkFrame.seal(message, flags, work.transfer(), (int) work.epoch(), range.block(), range.offset());
        String topic = work.device().own("xfer/" + work.digest().brief() + "/chunk");
        var sent = link.publish(MqttOutgoing.of(topic, message, 0, false));
        if (sent.isCompletedExceptionally()) {
            counters.ignored(Ignored.UNSENT);
            return false;
        }
        counters.sent(message.length - ChunkFrame.HEADER);
        return true;
    }

    /** The offset may leave its block: the address is a place in the file. */
    private static Work rest(Work work, int sent) {
        var range = work.range();
        return new Work(work.device(), work.transfer(), work.epoch(), work.kind(), work.digest(), work.chunkBytes(),
                new Range(range.block(), range.offset() + sent, range.length() - sent), work.askedAt());
    }
}
