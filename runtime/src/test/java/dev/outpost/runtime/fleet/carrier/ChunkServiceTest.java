package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.Programs;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Kind;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Range;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answering half against devices that mean well and others. */
class ChunkServiceTest {
    private static final PatternFile FILE = new PatternFile((3 << 20) + 99, 9);
    private static final String BRIEF = FILE.digest().brief();

    @TempDir
    static Path directory;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = new EmbeddedBroker(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void ignoresWhatIsNoRequestAndCountsWhy() {
        try (var rig = rig(ChunkServiceSettings.STANDARD)) {
            rig.start();
            String own = ChunkRig.DEVICE.own("xfer/" + BRIEF + "/req");
            publish(rig.device, own, "not json");
            publish(rig.device, own, "{\"xfer\":1}");
            publish(rig.device, own, new String(ask(1, 1, 0, 0, 10).encode(), StandardCharsets.UTF_8)
                    .replace("[0,0,10]", "[0,0,2000000]"));
            publish(rig.device, own, new String(ask(1, 1, 0, 0, 10).encode(), StandardCharsets.UTF_8)
                    .replace("[0,0,10]", "[-1,0,10]"));
            publish(rig.device, ChunkRig.DEVICE.own("xfer/000000000000/req"), ask(1, 1, 0, 0, 10));
            publish(rig.device, "outpost/v1/UPPER/box-1/xfer/" + BRIEF + "/req", ask(1, 1, 0, 0, 10));
            var counters = rig.service.counters();
            Programs.await(20, "all are counted", () -> counters.ignored().get(Ignored.MALFORMED) == 4
                    && counters.ignored().get(Ignored.WRONG_TOPIC) == 2);
            assertEquals(0, counters.chunks());
        }
    }

    @Test
    void neverReadsOutsideAFile() throws InterruptedException {
        try (var rig = rig(ChunkServiceSettings.STANDARD)) {
            var chunks = listen(rig.device, ChunkRig.DEVICE);
            rig.start();
            String own = ChunkRig.DEVICE.own("xfer/" + BRIEF + "/req");
            int last = FILE.blocks().count() - 1;
            for (var range : List.of(new Range(last, 99, 1), new Range(last, 0, 100), new Range(last + 1, 0, 1),
                    new Range(0, Integer.MAX_VALUE, 1), new Range(Integer.MAX_VALUE, 0, 1))) {
                publish(rig.device, own, new ChunkRequest(1, 1, Kind.BLOCKS, FILE.digest(), 1 << 10, List.of(range)));
                var answer = chunks.poll(10, TimeUnit.SECONDS);
                assertEquals(ChunkFrame.ABSENT, answer.flags());
                assertEquals(0, answer.content().remaining());
            }
            assertEquals(5, rig.service.counters().ignored().get(Ignored.OUTSIDE));
            byte[] list = FILE.blocks().encode();
            var document = ContentDigest.of(list);
            publish(rig.device, ChunkRig.DEVICE.own("xfer/" + document.brief() + "/req"), new ChunkRequest(1, 1,
                    Kind.DOCUMENT, document, 1 << 10, List.of(new Range(0, list.length - 1, 2))));
            assertEquals(ChunkFrame.ABSENT, chunks.poll(10, TimeUnit.SECONDS).flags());
            publish(rig.device, own, ask(1, 1, last, 98, 1));
            assertEquals(1, chunks.poll(10, TimeUnit.SECONDS).content().remaining());
        }
    }

    @Test
    void boundsWhatOneDeviceMayHaveWaiting() {
        try (var rig = rig(ChunkServiceSettings.STANDARD.withBytesPerSecond(1 << 20).withBounds(2, 512 << 10,
                Duration.ofSeconds(30)))) {
            rig.start();
            for (int i = 0; i < 20; i++) {
                publish(rig.device, ChunkRig.DEVICE.own("xfer/" + BRIEF + "/req"), ask(i, 1, 0, i * 1_000, 250_000));
            }
            var counters = rig.service.counters();
            Programs.await(20, "all have arrived", () -> counters.requests() == 20);
            assertTrue(counters.ignored().get(Ignored.TOO_MUCH) >= 15, counters.ignored()::toString);
        }
    }

    @Test
    void forgetsWhatANewerSessionVoidsAndWhatIsTooOld() {
        try (var rig = rig(ChunkServiceSettings.STANDARD.withBytesPerSecond(64 << 10).withBounds(10, 4 << 20,
                Duration.ofMillis(700)))) {
            rig.start();
            String own = ChunkRig.DEVICE.own("xfer/" + BRIEF + "/req");
            publish(rig.device, own, ask(1, 1, 0, 0, 100_000));
            publish(rig.device, own, ask(1, 1, 1, 0, 100_000));
            publish(rig.device, own, ask(1, 1, 1, 0, 100_000));
            publish(rig.device, own, ask(1, 2, 2, 0, 100_000));
            publish(rig.device, own, ask(1, 2, 2, 10, 100_000));
            var ignored = rig.service.counters();
            Programs.await(20, "superseded, repeated and expired are counted",
                    () -> ignored.ignored().get(Ignored.SUPERSEDED) >= 1
                            && ignored.ignored().get(Ignored.REPEATED) == 1
                            && ignored.ignored().get(Ignored.EXPIRED) >= 1);
        }
    }

    /** One device asks for much, then another for little: the second does not wait for all of the first. */
    @Test
    void devicesTakeTurns() throws InterruptedException {
        var greedy = ChunkRig.DEVICE;
        var modest = new TopicPlan("plant", "box-2");
        try (var rig = rig(ChunkServiceSettings.STANDARD.withBytesPerSecond(256 << 10))) {
            var order = new LinkedBlockingQueue<String>();
            for (var plan : List.of(greedy, modest)) {
                rig.device.subscribe(plan.own("xfer/+/chunk"), 0, message -> order.add(plan.device()));
            }
            rig.start();
            publish(rig.device, greedy.own("xfer/" + BRIEF + "/req"), ask(1, 1, 0, 0, 1_000_000));
            publish(rig.device, modest.own("xfer/" + BRIEF + "/req"), ask(1, 1, 1, 0, 30_000));
            var seen = new ArrayList<String>();
            while (!seen.contains("box-2")) {
                seen.add(order.poll(20, TimeUnit.SECONDS));
            }
            assertTrue(seen.size() < 50, "chunks before the second device's first: " + seen.size());
            assertEquals(2, rig.service.counters().requests());
        }
    }

    /** Each request goes to one hub; the device does not notice which. */
    @Test
    void severalHubsShareTheRequests() throws CarrierFailedException {
        var shared = ChunkServiceSettings.STANDARD.withFilter("$share/hub/" + TopicPlan.any("xfer/+/req"));
        try (var rig = rig(shared);
                var gateway = new MqttGateway(List.of(LinkSettings.of("fleet", "127.0.0.1", broker.port(), "hub-two")
                        .withPace(ChunkRig.FAST)), RandomGenerator.of("L64X128MixRandom"))) {
            var second = gateway.link("fleet").orElseThrow();
            try (var other = new ChunkService(second, FILE, shared)) {
                gateway.start();
                Programs.await(20, "the second hub is connected",
                        () -> second.status().state() == LinkStatus.State.CONNECTED);
                var carrier = rig.carrier(MqttCarrierSettings.STANDARD);
                for (int round = 0; round < 4; round++) {
                    assertEquals(FILE.all(), ChunkRig.fetch(carrier, FILE, FILE.all(), ChunkRig.unlimited()));
                }
                assertTrue(other.counters().requests() > 0, "second hub");
                assertTrue(rig.service.counters().requests() > 0, "first hub");
                assertEquals(carrier.counters().requests(),
                        other.counters().requests() + rig.service.counters().requests());
            }
        }
    }

    private static ChunkRig rig(ChunkServiceSettings settings) {
        return new ChunkRig(broker.port(), broker.port(), FILE, settings);
    }

    private static ChunkRequest ask(int transfer, long epoch, int block, int offset, int length) {
        return new ChunkRequest(transfer, epoch, Kind.BLOCKS, FILE.digest(), 10_000,
                List.of(new Range(block, offset, length)));
    }

    private static LinkedBlockingQueue<ChunkFrame> listen(MqttPort link, TopicPlan device) {
        var chunks = new LinkedBlockingQueue<ChunkFrame>();
        link.subscribe(device.own("xfer/+/chunk"), 0,
                message -> chunks.add(ChunkFrame.of(message.payload()).orElseThrow()));
        return chunks;
    }

    private static void publish(MqttPort link, String topic, String text) {
        link.publish(MqttOutgoing.of(topic, text.getBytes(StandardCharsets.UTF_8), 1, false)).join();
    }

    private static void publish(MqttPort link, String topic, ChunkRequest request) {
        link.publish(MqttOutgoing.of(topic, request.encode(), 1, false)).join();
    }
}
