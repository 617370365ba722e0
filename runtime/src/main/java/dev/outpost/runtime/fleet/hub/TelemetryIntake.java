package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonValue.JsonText;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.fleet.TelemetryBatch;
import dev.outpost.runtime.fleet.hub.HubCounters.Count;
import dev.outpost.runtime.fleet.hub.database.FleetDatabaseException;
import dev.outpost.runtime.fleet.hub.database.StoredBatch;
import dev.outpost.runtime.fleet.hub.database.TelemetryTable;
import dev.outpost.runtime.fleet.hub.database.TelemetryTable.Ack;
import dev.outpost.runtime.fleet.wire.TelemetryAck;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Telemetry on its way to the disk. What arrived while the last transaction ran goes into the next one; only then is it
 * acknowledged. A hub that dies in between has promised nothing: the device sends again, and storing twice stores once.
 * One thread of its own.
 */
final class TelemetryIntake implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TelemetryIntake.class.getName());
    private static final int MOST_MESSAGES = 64;
    private static final int MOST_TEXT = 4 << 20;
    private static final long TICK_MILLIS = 100;
    private static final long PAUSE_MILLIS = 500;

    private final TelemetryTable table;
    private final MqttPort link;
    private final HubTopics topics;
    private final Roster roster;
    private final HubCounters counters;
    private final InstantSource clock;
    private final long mostBytes;
    private final LinkedBlockingQueue<MqttIncoming> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    TelemetryIntake(TelemetryTable table, MqttPort link, HubTopics topics, Roster roster, HubCounters counters,
            InstantSource clock, long mostBytes) {
        this.table = table;
        this.link = link;
        this.topics = topics;
        this.roster = roster;
        this.counters = counters;
        this.clock = clock;
        this.mostBytes = mostBytes;
        this.thread = Thread.ofPlatform().daemon().name("hub-telemetry").start(this::run);
    }

    /** Takes a message, unless too much waits. Never blocks. */
    void arrived(MqttIncoming message) {
        if (message.topic().endsWith("/ack") || closed) {
            return;
        }
        long size = message.payload().length;
        if (bytes.addAndGet(size) > mostBytes) {
            bytes.addAndGet(-size);
            counters.add(Count.OVERFLOWS);
        } else {
            waiting.add(message);
        }
    }

    /** Stores what waits, and ends. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed || !waiting.isEmpty()) {
                var batches = take();
                if (!batches.isEmpty()) {
                    store(batches);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<StoredBatch> take() throws InterruptedException {
        var batches = new ArrayList<StoredBatch>();
        int text = 0;
        var message = waiting.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
        for (int taken = 0; message != null; taken++) {
            bytes.addAndGet(-message.payload().length);
            var batch = read(message);
            batch.ifPresent(batches::add);
            text += batch.map(one -> one.entries().stream().mapToInt(entry -> entry.json().length()).sum()).orElse(0);
            message = taken < MOST_MESSAGES && text < MOST_TEXT ? waiting.poll() : null;
        }
        return batches;
    }

    private Optional<StoredBatch> read(MqttIncoming message) {
        var device = topics.owner(message.topic());
        var standing = device.flatMap(roster::admittedMeanwhile);
        if (standing.isEmpty()) {
            counters.add(Count.STRANGERS);
            return Optional.empty();
        }
        try {
            var batch = TelemetryBatch.inflate(message.payload());
            if (!message.topic().equals(topics.device(device.get()).own("tlm/" + batch.kind().stream()))) {
                throw new IOException("telemetry batch is of another stream than its topic: stream="
                        + batch.kind().stream());
            }
            return Optional.of(stored(device.get(), batch, standing.get().quarantined()));
        } catch (IOException | ProvisioningException e) {
            counters.add(Count.MALFORMED);
            LOG.log(System.Logger.Level.DEBUG, "telemetry refused: device={0}, reason={1}", device.get(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static StoredBatch stored(String device, TelemetryBatch batch, boolean quarantined) {
        var entries = batch.entries().stream()
                .map(entry -> new StoredBatch.Entry(entry.timeMillis(), JsonWriter.text(entry.record()))).toList();
        var gaps = new ArrayList<StoredBatch.Gap>();
        if (batch.after() + 1 < batch.first()) {
            gaps.add(new StoredBatch.Gap(batch.after() + 1, batch.first() - 1, "not_on_disk"));
        }
        batch.entries().forEach(entry -> gap(entry.record()).ifPresent(gaps::add));
        return new StoredBatch(device, batch.kind().stream(), TelemetryBatch.hex(batch.run()),
                TelemetryBatch.hex(batch.boot()), batch.oldest(), batch.after(), batch.first(), entries, gaps,
                quarantined);
    }

    /** What a device says it gave up: {@code {"kind":"gap","from":n,"to":n,"reason":word}}. */
    private static Optional<StoredBatch.Gap> gap(JsonValue record) {
        if (!(record instanceof JsonObject(Map<String, JsonValue> members))
                || !(members.get("kind") instanceof JsonText(String kind)) || !kind.equals("gap")
                || !(members.get("reason") instanceof JsonText(String reason))) {
            return Optional.empty();
        }
        var from = whole(members.get("from"));
        var to = whole(members.get("to"));
        boolean sound = from.isPresent() && to.isPresent() && from.getAsLong() <= to.getAsLong()
                && reason.matches("[a-z_]{1,32}");
        return sound
                ? Optional.of(new StoredBatch.Gap(from.getAsLong(), to.getAsLong(), reason))
                : Optional.empty();
    }

    private static OptionalLong whole(JsonValue value) {
        return value instanceof JsonNumber(double number) && number >= 0 && number <= JsonNumber.MAX_WHOLE
                && number == Math.rint(number) ? OptionalLong.of((long) number) : OptionalLong.empty();
    }

    private void store(List<StoredBatch> batches) throws InterruptedException {
        try {
            acknowledge(table.store(batches, clock.instant()));
            counters.add(Count.RECORDS, batches.stream().mapToLong(batch -> batch.entries().size()).sum());
        } catch (FleetDatabaseException e) {
            counters.add(Count.DATABASE_FAULTS);
            LOG.log(System.Logger.Level.WARNING, "telemetry could not be stored, devices will send it again", e);
            if (batches.size() > 1 && !e.away()) {
                storeOneByOne(batches);
            } else {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** What one batch has that the database refuses must not hold up the others. */
    private void storeOneByOne(List<StoredBatch> batches) throws InterruptedException {
        for (var batch : batches) {
            if (closed) {
                return;
            }
            store(List.of(batch));
        }
    }

    private void acknowledge(List<Ack> acks) {
        for (var ack : acks) {
            if (ack.upTo() >= 0) {
                link.publish(MqttOutgoing.of(topics.device(ack.device()).own("tlm/ack"),
                        new TelemetryAck(ack.stream(), ack.runId(), ack.upTo()).encode(), 1, false));
            }
        }
    }
}
