package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.stage.RateLimit;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.runtime.Programs;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.PaceSettings;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A device and a hub, each with a link of its own to one broker, as two machines have. */
final class ChunkRig implements AutoCloseable {
    static final PaceSettings FAST = new PaceSettings(Duration.ofMillis(5), Duration.ofMillis(50),
            Duration.ofMillis(200), 100_000);
    static final TopicPlan DEVICE = new TopicPlan("plant", "box-1");

    private final MqttGateway deviceGateway;
    private final MqttGateway hubGateway;
    final MqttPort device;
    final MqttPort hub;
    final ChunkService service;

    ChunkRig(int devicePort, int hubPort, BlockSourceBook book, ChunkServiceSettings settings) {
        this.deviceGateway = gateway("device-" + devicePort, devicePort);
        this.hubGateway = gateway("hub-" + hubPort, hubPort);
        this.device = deviceGateway.link("fleet").orElseThrow();
        this.hub = hubGateway.link("fleet").orElseThrow();
        this.service = new ChunkService(hub, book, settings);
    }

    MqttCarrier carrier(MqttCarrierSettings settings) {
        var carrier = new MqttCarrier(device, DEVICE, settings);
        start();
        return carrier;
    }

    void start() {
        hubGateway.start();
        deviceGateway.start();
        awaitLinks();
    }

    void awaitLinks() {
        Programs.await(30, "links are connected", () -> connected(device) && connected(hub));
    }

    /** Fetches some blocks and checks each: its digest, and that they come in order. */
    static List<Integer> fetch(MqttCarrier carrier, PatternFile file, List<Integer> wanted, RateLimit rate)
            throws CarrierFailedException {
        var sink = new CheckingSink(file.blocks());
        carrier.blocks(new BlockOrder(file.digest(), file.blocks(), wanted, rate), sink);
        return sink.blocks;
    }

    static RateLimit unlimited() {
        return new RateLimit(0, System::nanoTime);
    }

    @Override
    public void close() {
        service.close();
        deviceGateway.close();
        hubGateway.close();
    }

    private static MqttGateway gateway(String client, int port) {
        return new MqttGateway(List.of(LinkSettings.of("fleet", "127.0.0.1", port, client).withPace(FAST)),
                RandomGenerator.of("L64X128MixRandom"));
    }

    private static boolean connected(MqttPort link) {
        return link.status().state() == LinkStatus.State.CONNECTED;
    }

    /** Takes nothing but the right bytes, ascending. */
    static final class CheckingSink implements BlockSink {
        private final BlockList list;
        final List<Integer> blocks = new ArrayList<>();

        CheckingSink(BlockList list) {
            this.list = list;
        }

        @Override
        public Verdict block(int block, ByteBuffer content) {
            assertTrue(list.matches(block, content), () -> "wrong bytes: block=" + block);
            assertTrue(blocks.isEmpty() || blocks.getLast() < block, () -> "not ascending: block=" + block);
            blocks.add(block);
            return Verdict.TAKEN;
        }
    }
}
