package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.runtime.fleet.TelemetrySpool.Backlog;
import dev.outpost.runtime.fleet.wire.TelemetryAck;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Drains the spool to the fleet, alarms first, each stream in order. A few batches of a stream are on the way at once;
 * if the fleet's acknowledgement does not come they are sent again, so a broker may lose what it likes. One thread.
 */
public final class TelemetryUplink implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TelemetryUplink.class.getName());
    private static final int BATCH_BYTES = 64 << 10;
    private static final int WINDOW_BATCHES = 4;
    private static final long TICK_MILLIS = 50;

    private static final class Stream {
        /** Next sequence to send. */
        long next;
        int batches;
        long progressAt = System.nanoTime();
    }

    private final TelemetrySpool spool;
    private final MqttPort link;
    private final TopicPlan topics;
    private final long ackTimeoutNanos;
    private final Map<RecordClass, Stream> streams = new EnumMap<>(RecordClass.class);
    private final Semaphore work = new Semaphore(1);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param link of the fleet
     * @param ackTimeout after which unacknowledged records are sent again
     */
    public TelemetryUplink(TelemetrySpool spool, MqttPort link, TopicPlan topics, Duration ackTimeout) {
        this.spool = spool;
        this.link = link;
        this.topics = topics;
        this.ackTimeoutNanos = ackTimeout.toNanos();
        for (var kind : RecordClass.values()) {
            streams.put(kind, new Stream());
        }
        link.subscribe(topics.own("tlm/ack"), 1, this::acknowledged);
        link.onConnected(this::startOver);
        this.thread = Thread.ofPlatform().daemon().name("telemetry-uplink").start(this::run);
    }

    /** Something was accepted: an alarm need not wait for the next tick. */
    public void wake() {
        if (work.availablePermits() == 0) {
            work.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        work.release();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (work.tryAcquire(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                    work.drainPermits();
                }
                spool.syncIfDue();
                while (!closed && link.status().state() == LinkStatus.State.CONNECTED && sendOne()) {
                    // from the most important stream again, after each batch
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "telemetry could not be sent", e);
            }
        }
    }

    private boolean sendOne() {
        var backlog = spool.backlog();
        for (var kind : RecordClass.values()) {
            if (send(kind, backlog.get(kind))) {
                return true;
            }
        }
        return false;
    }

    private synchronized boolean send(RecordClass kind, Backlog backlog) {
        var stream = streams.get(kind);
        long now = System.nanoTime();
        if (stream.batches > 0 && now - stream.progressAt > ackTimeoutNanos) {
            restart(stream);
        }
        stream.next = Math.max(stream.next, backlog.unacknowledged());
        if (stream.next >= backlog.next() || stream.batches >= WINDOW_BATCHES) {
            return false;
        }
        var records = spool.read(kind, stream.next, BATCH_BYTES);
        if (records.isEmpty()) {
            return false;
        }
        var batch = TelemetryBatch.head(kind, spool.boot(), backlog.unacknowledged(), stream.next, records);
        var sent = link.publish(MqttOutgoing.of(topics.own("tlm/" + kind.stream()), batch.deflated(), 1, false));
        sent.whenComplete((nothing, failure) -> {
            if (failure != null) {
                startOver();
            }
        });
        if (stream.batches == 0) {
            stream.progressAt = now;
        }
        stream.next = batch.last() + 1;
        stream.batches++;
        return !sent.isCompletedExceptionally();
    }

    private void acknowledged(MqttIncoming message) {
        try {
            var ack = TelemetryAck.of(message.payload());
            if (ack.runId().equals(TelemetryBatch.hex(spool.boot()))) {
                RecordClass.ofStream(ack.stream()).ifPresent(known -> acknowledged(known, ack.upToSeq()));
            }
        } catch (ProvisioningException e) {
            LOG.log(System.Logger.Level.WARNING, "telemetry acknowledgement is malformed: {0}", e.getMessage());
        }
    }

    private synchronized void acknowledged(RecordClass kind, long upTo) {
        spool.acknowledge(kind, upTo);
        var stream = streams.get(kind);
        stream.batches = upTo + 1 >= stream.next ? 0 : Math.max(0, stream.batches - 1);
        stream.progressAt = System.nanoTime();
        wake();
    }

    private synchronized void startOver() {
        streams.values().forEach(TelemetryUplink::restart);
        wake();
    }

    /** What was on the way is taken for lost; the backlog's oldest is sent next. */
    private static void restart(Stream stream) {
        stream.next = 0;
        stream.batches = 0;
    }
}
