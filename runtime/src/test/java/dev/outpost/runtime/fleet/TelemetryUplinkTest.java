package dev.outpost.runtime.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.fleet.wire.TelemetryAck;
import dev.outpost.runtime.journal.JournalRecord;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryUplinkTest {

    private static final TopicPlan TOPICS = new TopicPlan("site", "device");

    @TempDir
    Path directory;

    @Test
    void bringsEveryRecordOverALinkThatLosesBatchesAndAcknowledgements() {
        var hub = new LossyHub(new Random(5), 0.3);
        int records = 2_000;
        try (var spool = TelemetrySpool.open(directory, SpoolSettings.DEFAULT, 9, InstantSource.system());
                var uplink = new TelemetryUplink(spool, hub, TOPICS, Duration.ofMillis(60))) {
            for (int i = 0; i < records; i++) {
                spool.accept(i % 50 == 0 ? RecordClass.ALARM : RecordClass.METRIC, TelemetrySpoolTest.record(i));
                if (i % 100 == 0) {
                    uplink.wake();
                }
            }
            await(() -> hub.distinct() == records && spool.backlog().values().stream()
                    .allMatch(backlog -> backlog.waiting() == 0));
        }
        assertTrue(hub.lost > 0, "the rig lost something");
    }

    @Test
    void sendsAlarmsFirst() {
        var hub = new LossyHub(new Random(5), 0);
        hub.connected = false;
        try (var spool = TelemetrySpool.open(directory, SpoolSettings.DEFAULT, 9, InstantSource.system());
                var uplink = new TelemetryUplink(spool, hub, TOPICS, Duration.ofSeconds(5))) {
            for (int i = 0; i < 500; i++) {
                spool.accept(RecordClass.LOG, TelemetrySpoolTest.record(i));
            }
            spool.accept(RecordClass.ALARM, TelemetrySpoolTest.record(1));
            hub.connected = true;
            uplink.wake();
            await(() -> hub.distinct() == 501);
            assertEquals("alarm", hub.order.getFirst());
        }
    }

    @Test
    void anAcknowledgementOfAnEarlierRunFreesNothing() {
        var hub = new LossyHub(new Random(5), 0);
        hub.run = TelemetryBatch.hex(8);
        try (var spool = TelemetrySpool.open(directory, SpoolSettings.DEFAULT, 9, InstantSource.system());
                var uplink = new TelemetryUplink(spool, hub, TOPICS, Duration.ofMillis(20))) {
            spool.accept(RecordClass.METRIC, TelemetrySpoolTest.record(1));
            uplink.wake();
            await(() -> hub.acknowledged() >= 3);
            assertEquals(1, spool.backlog().get(RecordClass.METRIC).waiting(), "sent, and sent again");
        }
    }

    @Test
    void aBatchSaysThatNothingIsMissingBeforeIt() {
        var records = List.of(new JournalRecord(7, 6, 0, "{}".getBytes()), new JournalRecord(7, 7, 0, "{}".getBytes()));
        var batch = TelemetryBatch.head(RecordClass.LOG, 9, 2, 4, records);
        assertEquals(3, batch.after(), "4 and 5 were lost with the power");
        assertEquals(6, batch.first());
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "condition did not come true within 20 s");
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** A broker and a hub in one, which lose messages both ways. */
    private static final class LossyHub implements MqttPort {

        private final Random random;
        private final double loss;
        private final Set<String> seen = new HashSet<>();
        private final Map<String, Long> next = new HashMap<>();
        private final List<String> order = new ArrayList<>();
        private Consumer<MqttIncoming> acks;
        private volatile boolean connected = true;
        private int lost;
        private int acknowledged;
        private String run = "";

        LossyHub(Random random, double loss) {
            this.random = random;
            this.loss = loss;
        }

        synchronized int acknowledged() {
            return acknowledged;
        }

        synchronized int distinct() {
            return seen.size();
        }

        @Override
        public synchronized CompletableFuture<Void> publish(MqttOutgoing message) {
            if (random.nextDouble() < loss / 3) {
                return CompletableFuture.failedFuture(new IllegalStateException("link broke"));
            }
            if (random.nextDouble() < loss) {
                lost++;
                return CompletableFuture.completedFuture(null);
            }
            try {
                receive(TelemetryBatch.inflate(message.payload()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return CompletableFuture.completedFuture(null);
        }

        private void receive(TelemetryBatch batch) {
            String stream = batch.kind().stream();
            long expected = next.getOrDefault(stream, 0L);
            order.add(stream);
            if (batch.first() <= expected || expected < batch.oldest()) {
                for (long sequence = batch.first(); sequence <= batch.last(); sequence++) {
                    seen.add(stream + sequence);
                }
                next.put(stream, Math.max(expected, batch.last() + 1));
            }
            byte[] ack = new TelemetryAck(stream, run.isEmpty() ? TelemetryBatch.hex(batch.run()) : run,
                    next.getOrDefault(stream, 0L) - 1)
                    .encode();
            acknowledged++;
            if (random.nextDouble() >= loss) {
                CompletableFuture.runAsync(() -> acks.accept(new MqttIncoming("ack",
                        ack, 1, false, Optional.empty(), Optional.empty(), Map.of())));
            }
        }

        @Override
        public void subscribe(String filter, int qos, Consumer<MqttIncoming> handler) {
            acks = handler;
        }

        @Override
        public void onConnected(Runnable action) {
            // this link never breaks
        }

        @Override
        public LinkStatus status() {
            return new LinkStatus(connected ? LinkStatus.State.CONNECTED : LinkStatus.State.WAITING, 1, 1, 0, 0, 0, 0,
                    Optional.empty());
        }
    }
}
