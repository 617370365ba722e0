package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.SessionPort;
import dev.outpost.runtime.sparkplug.MetricValue.Int;
import dev.outpost.runtime.sparkplug.MetricValue.Whole;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge node between a plant and a link that is only recorded. */
class EdgeNodeTest {

    private static final EdgeId ID = new EdgeId("group", "node");

    @TempDir
    Path directory;
    private final Plant plant = new Plant();
    private final MemoryHistory history = new MemoryHistory(5);
    private final RecordedLink link = new RecordedLink();
    private EdgeNode node;

    @BeforeEach
    void start() {
        node = new EdgeNode(Conformance.settings(ID, 1), directory, plant, plant, history, InstantSource.system());
        node.start(link);
        plant.awaitReads(2);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void tellsItsHistoryInOrderAfterTheBirthsAndOnlyOnce() {
        for (int i = 1; i <= 3; i++) {
            plant.set("Requests", new Whole(i));
            plant.awaitReads(2);
        }
        var session = link.open(node);
        HostApplication.await(() -> session.said("NDATA").size() == 1);
        assertEquals(List.of("NBIRTH", "DBIRTH", "DBIRTH", "NDATA"), session.verbs());
        var past = session.said("NDATA").getFirst().getMetricsList();
        assertEquals(List.of(1L, 2L, 3L), past.stream().map(Payload.Metric::getLongValue).toList());
        assertTrue(past.stream().allMatch(Payload.Metric::getIsHistorical));
        assertTrue(past.get(0).getTimestamp() <= past.get(2).getTimestamp());
        session.end();
        var next = link.open(node);
        HostApplication.await(() -> next.verbs().size() == 3);
        plant.awaitReads(3);
        assertEquals(3, next.verbs().size());
    }

    @Test
    void keepsTheYoungestOfAHistoryThatDoesNotFit() {
        for (int i = 1; i <= 9; i++) {
            plant.set("Requests", new Whole(i));
            plant.awaitReads(2);
        }
        var session = link.open(node);
        HostApplication.await(() -> !session.said("NDATA").isEmpty());
        assertEquals(List.of(5L, 6L, 7L, 8L, 9L), session.said("NDATA").getFirst().getMetricsList().stream()
                .map(Payload.Metric::getLongValue).toList());
    }

    @Test
    void tellsNoHistoryOfADeviceThatIsGone() {
        plant.set("Level", new MetricValue.Single(0.9f));
        plant.awaitReads(2);
        plant.sensor(false);
        var session = link.open(node);
        HostApplication.await(() -> session.verbs().size() == 2);
        plant.awaitReads(3);
        assertEquals(List.of("NBIRTH", "DBIRTH"), session.verbs());
        assertTrue(history.oldest(1).isEmpty());
    }

    @Test
    void goesOnWhenMetricsCannotBeRead() {
        plant.broken(true);
        var session = link.open(node);
        plant.awaitReads(3);
        assertEquals(List.of(), session.verbs());
        plant.broken(false);
        HostApplication.await(() -> session.verbs().equals(List.of("NBIRTH", "DBIRTH", "DBIRTH")));
        plant.broken(true);
        plant.awaitReads(3);
        plant.broken(false);
        plant.set("Requests", new Whole(7));
        HostApplication.await(() -> session.verbs().size() == 4);
    }

    @Test
    void isBornAnewWhenAMetricChangesItsType() {
        var session = link.open(node);
        HostApplication.await(() -> session.verbs().size() == 3);
        plant.retype();
        HostApplication.await(() -> session.verbs().size() == 6);
        assertEquals(0, session.said("NBIRTH").get(1).getSeq());
    }

    @Test
    void survivesAFloodOfCommandsWithBoundedMemory() {
        var session = link.open(node);
        HostApplication.await(() -> session.verbs().size() == 3);
        var rebirth = PayloadCodec.encode(new dev.outpost.runtime.sparkplug.Payload(java.util.OptionalLong.empty(),
                java.util.OptionalLong.empty(), List.of(Metric.flag(EdgeSession.REBIRTH, true))));
        for (int i = 0; i < 50_000; i++) {
            link.arrive(ID.topic("NCMD"), i % 2 == 0 ? rebirth : "no payload".getBytes(StandardCharsets.UTF_8));
        }
        assertTrue(node.status().dropped() > 10_000, "dropped=" + node.status().dropped());
        long births = node.status().births();
        node.rebirth();
        HostApplication.await(() -> node.status().births() > births);
        plant.set("Requests", new Whole(5));
        HostApplication.await(() -> session.said("NDATA").stream()
                .anyMatch(data -> data.getMetricsList().stream().anyMatch(metric -> metric.getLongValue() == 5)));
    }

    @Test
    void saysNothingOnAConnectionThatIsGone() {
        var session = link.open(node);
        HostApplication.await(() -> session.verbs().size() == 3);
        session.end();
        plant.set("Setpoint", new Int(3));
        plant.awaitReads(3);
        assertEquals(3, session.verbs().size());
        HostApplication.await(() -> !node.status().born());
        assertFalse(history.oldest(5).isEmpty());
    }

    @Test
    void doesNotWaitForABrokerThatIsSilent() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var rig = new EdgeRig(Conformance.settings(ID, silent.getLocalPort()), directory.resolve("silent"))) {
            rig.plant().awaitReads(20);
            assertFalse(rig.node().status().born());
            long began = System.nanoTime();
            rig.node().close();
            assertTrue(System.nanoTime() - began < 2_000_000_000L);
        }
    }

    /** A link without a network. */
    private static final class RecordedLink implements MqttPort {

        private final Map<String, Consumer<MqttIncoming>> handlers = new ConcurrentHashMap<>();

        RecordedSession open(EdgeNode node) {
            var next = node.nextSession();
            next.connectWritten();
            var session = new RecordedSession();
            next.opened(session);
            return session;
        }

        void arrive(String topic, byte[] payload) {
            handlers.get(topic).accept(new MqttIncoming(topic, payload, 0, false, Optional.empty(), Optional.empty(),
                    Map.of()));
        }

        @Override
        public CompletableFuture<Void> publish(MqttOutgoing message) {
            throw new AssertionError("an edge node speaks on its session: " + message.topic());
        }

        @Override
        public void subscribe(String filter, int qos, Consumer<MqttIncoming> handler) {
            assertEquals(1, qos);
            handlers.put(filter, handler);
        }

        @Override
        public void onConnected(Runnable action) {
            throw new AssertionError("an edge node has its sessions");
        }

        @Override
        public LinkStatus status() {
            return new LinkStatus(LinkStatus.State.CONNECTED, 1, 1, 0, 0, 0, 1 << 20, Optional.empty());
        }
    }

    /** One connection's messages. */
    private static final class RecordedSession implements SessionPort {

        private final List<MqttOutgoing> said = new CopyOnWriteArrayList<>();
        private volatile boolean open = true;

        void end() {
            open = false;
        }

        List<String> verbs() {
            return said.stream().map(message -> message.topic().split("/")[2]).toList();
        }

        List<Payload> said(String verb) {
            return said.stream().filter(message -> message.topic().split("/")[2].equals(verb)).map(message -> {
                try {
                    return Payload.parseFrom(message.payload());
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }).toList();
        }

        @Override
        public CompletableFuture<Void> publish(MqttOutgoing message) {
            said.add(message);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void leave() {
            open = false;
        }
    }
}
