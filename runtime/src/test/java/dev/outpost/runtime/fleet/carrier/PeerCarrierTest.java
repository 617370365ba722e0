package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.stage.Transfer;
import dev.outpost.provisioning.stage.TransferLimits;
import dev.outpost.provisioning.stage.TransferResult;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreBook;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.runtime.Programs;
import dev.outpost.runtime.Trials;
import dev.outpost.runtime.http.blocks.BlockServer;
import dev.outpost.runtime.http.blocks.BlockServerSettings;
import dev.outpost.runtime.http.blocks.BlockServerSettings.Clients;
import dev.outpost.runtime.http.blocks.TestTls;
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
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerCarrierTest {
    private static final PatternFile FILE = new PatternFile((24 << 20) + 17, 13,
            new BlockSizes(64 << 10, 64 << 10));
    private static final PeerCarrierSettings SETTINGS = new PeerCarrierSettings(
            RangeCarrierSettings.STANDARD.withPatience(Duration.ofSeconds(5)), Duration.ofSeconds(20),
            Duration.ofMillis(500), Duration.ofSeconds(60), "http");

    @TempDir
    static Path shared;
    private static EmbeddedBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = new EmbeddedBroker(shared);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** All ten begin at the same moment, the worst case: nobody has anything yet. */
    @Test
    void tenDevicesOfASiteFetchTheFileHardlyMoreThanOnce() throws ExecutionException, InterruptedException {
        var wide = new AtomicLong();
        var devices = new ArrayList<Device>();
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            for (int i = 0; i < 10; i++) {
                devices.add(new Device("box-" + i, directory.resolve("box-" + i), SETTINGS, PeerCarrierTest::noTls,
                        BlockServerSettings.plain("127.0.0.1", 0)));
            }
            var results = new ArrayList<Future<TransferResult>>();
            for (var device : devices) {
                results.add(threads.submit(() -> device.transfer(wide)));
            }
            for (var result : results) {
                assertTrue(result.get() instanceof TransferResult.Stored, result.get()::toString);
            }
        } finally {
            devices.forEach(Device::close);
        }
        double saved = 100 - 100.0 * wide.get() / (10.0 * FILE.bytes());
        Trials.row("peers", "| devices | MiB | fetched from afar, files | saved, percent |", 10, FILE.bytes() >> 20,
                String.format(Locale.ROOT, "%.2f", (double) wide.get() / FILE.bytes()),
                String.format(Locale.ROOT, "%.1f", saved));
        assertTrue(saved >= 85, "saved percent: " + saved);
    }

    @Test
    void readsFromAPeerOverMutualTls() throws CarrierFailedException {
        var tls = new TestTls(directory);
        var own = new TopicPlan("plant", "asker");
        var secured = BlockServerSettings.plain("127.0.0.1", 0).withTls(tls::own, Clients.MUST_HAVE_CERTIFICATE);
        try (var server = BlockServer.start(secured, FILE, Optional.empty());
                var gateway = gateway("asker");
                var carrier = new PeerCarrier(port(gateway), own, tls::own,
                        new PeerCarrierSettings(SETTINGS.range(), SETTINGS.lifetime(), SETTINGS.banFailed(),
                                SETTINGS.banLied(), "https"),
                        RandomGenerator.of("L64X128MixRandom"))) {
            start(gateway);
            announce(gateway, own, "giver", "127.0.0.1:" + server.port(), FILE.blocks().count());
            Programs.await(20, "the peer is known", () -> known(carrier) == 1);
            var sink = new ChunkRig.CheckingSink(FILE.blocks());
            carrier.blocks(order(FILE.all()), sink);
            assertEquals(FILE.all(), sink.blocks);
            byte[] list = FILE.blocks().encode();
            assertEquals(list.length, carrier.document(ContentDigest.of(list), list.length).length);
        }
    }

    /** A peer that lies is found out at its first block; one that is not there costs a moment; the third gives. */
    @Test
    void believesNoPeer() throws CarrierFailedException {
        var own = new TopicPlan("plant", "asker");
        try (var liar = new HostileServer(FILE).with(HostileServer.Fault.WRONG_BYTES);
                var honest = new HostileServer(FILE);
                var gateway = gateway("asker");
                var carrier = new PeerCarrier(port(gateway), own, PeerCarrierTest::noTls, SETTINGS,
                        RandomGenerator.of("L64X128MixRandom"))) {
            start(gateway);
            announce(gateway, own, "liar", address(liar), FILE.blocks().count());
            announce(gateway, own, "gone", "127.0.0.1:1", FILE.blocks().count());
            announce(gateway, own, "other-file", address(honest), FILE.blocks().count() + 1);
            announce(gateway, own, "asker", address(honest), FILE.blocks().count());
            publish(gateway, own, "impostor", new PeerHave("honest", address(liar), FILE.digest(), new BitSet(),
                    FILE.blocks().count()).encode());
            publish(gateway, own, "rubbish", "{}".getBytes(StandardCharsets.US_ASCII));
            announce(gateway, own, "honest", address(honest), FILE.blocks().count());
            Programs.await(20, "liar, gone and honest are known", () -> known(carrier) == 3);
            var sink = new ChunkRig.CheckingSink(FILE.blocks());
            carrier.blocks(order(FILE.all()), sink);
            assertEquals(FILE.all(), sink.blocks);
            assertTrue(liar.requests() <= 1, "asked the liar: " + liar.requests());
        }
    }

    @Test
    void refusesAnnouncementsThatAreNone() {
        var have = new PeerHave("box-1", "10.0.0.7:8443", FILE.digest(), BitSet.valueOf(new long[]{5}), 3);
        assertEquals(have, PeerHave.of(have.encode()));
        for (String spoiled : List.of("\"count\":2", "\"count\":-1", "\"count\":1e9", "\"count\":3,\"more\":1")) {
            var text = new String(have.encode(), StandardCharsets.UTF_8).replace("\"count\":3", spoiled);
            assertThrows(RefusedException.class, () -> PeerHave.of(text.getBytes(StandardCharsets.UTF_8)), spoiled);
        }
        for (String address : List.of("box", "box:port", "user@box:1", "box:1/path", "[::1]:123456")) {
            assertThrows(RefusedException.class,
                    () -> new PeerHave("box-1", address, FILE.digest(), new BitSet(), 3), address);
        }
    }

    private static int known(PeerCarrier carrier) {
        return carrier.peers(FILE.digest(), FILE.blocks().count()).size();
    }

    private static String address(HostileServer server) {
        return server.base().getAuthority();
    }

    private static void announce(MqttGateway gateway, TopicPlan own, String device, String address, int count) {
        var all = new BitSet();
        all.set(0, FILE.blocks().count());
        publish(gateway, own, device, new PeerHave(device, address, FILE.digest(), all, count).encode());
    }

    private static void publish(MqttGateway gateway, TopicPlan own, String device, byte[] payload) {
        port(gateway).publish(MqttOutgoing.of(own.shared("_peer/" + device + "/have"), payload, 0, false)).join();
    }

    private static BlockOrder order(List<Integer> wanted) {
        return new BlockOrder(FILE.digest(), FILE.blocks(), wanted, ChunkRig.unlimited());
    }

    private static MqttGateway gateway(String client) {
        return new MqttGateway(List.of(LinkSettings.of("site", "127.0.0.1", broker.port(), client)
                .withPace(ChunkRig.FAST)), RandomGenerator.of("L64X128MixRandom"));
    }

    private static MqttPort port(MqttGateway gateway) {
        return gateway.link("site").orElseThrow();
    }

    private static void start(MqttGateway gateway) {
        gateway.start();
        Programs.await(30, "link is connected", () -> port(gateway).status().state() == LinkStatus.State.CONNECTED);
    }

    private static SSLContext noTls() {
        throw new IllegalStateException("no TLS for http");
    }

    /** A device with a store, a listener for its peers and a far carrier that counts. */
    private static final class Device implements AutoCloseable {
        private final String id;
        private final ModelStore store;
        private final MqttGateway gateway;
        private final BlockServer server;
        private final PeerCarrier peers;
        private final PeerShare share;

        Device(String id, Path directory, PeerCarrierSettings settings, Supplier<SSLContext> tls,
                BlockServerSettings listener) {
            this.id = id;
            var disk = new DirectoryStorage(directory);
            this.store = ModelStore.open(disk, new StoreSettings(BlockSizes.STANDARD, 1 << 20, 0));
            this.gateway = gateway(id);
            var own = new TopicPlan("plant", id);
            var book = new StoreBook(disk);
            this.server = BlockServer.start(listener, book, Optional.empty());
            this.peers = new PeerCarrier(port(gateway), own, tls, settings, RandomGenerator.of("L64X128MixRandom"));
            start(gateway);
            this.share = new PeerShare(port(gateway), own, "127.0.0.1:" + server.port(), book,
                    () -> List.of(FILE.digest()), Duration.ofMillis(100), Duration.ofSeconds(5));
        }

        TransferResult transfer(AtomicLong wide) {
            var far = new Far(wide);
            var carrier = new SiteCarrier(peers, far, id, share::changed, Duration.ofSeconds(10));
            var need = FileNeed.of(new BlockList.Cut(FILE.digest(), FILE.blocks(), FILE.digest()), 0);
            var result = new Transfer(store, List.of(carrier), TransferLimits.STANDARD, System::nanoTime).run(need,
                    new ModelOrigin.Fleet("press", 1), () -> false);
            share.changed();
            return result;
        }

        @Override
        public void close() {
            share.close();
            peers.close();
            server.close();
            gateway.close();
        }
    }

    private record Far(AtomicLong wide) implements Carrier {
        @Override
        public String name() {
            return "far";
        }

        @Override
        public byte[] document(ContentDigest digest, int bytes) {
            return FILE.document(digest).orElseThrow();
        }

        @Override
        public void blocks(BlockOrder order, BlockSink sink) {
            try (var view = FILE.file(order.file()).orElseThrow()) {
                for (int block : order.wanted()) {
                    var content = java.nio.ByteBuffer.allocate(order.blocks().length(block));
                    view.read(order.blocks().offset(block), content);
                    wide.addAndGet(content.position());
                    if (sink.block(block, content.flip()) == BlockSink.Verdict.STOP) {
                        return;
                    }
                }
            }
        }
    }
}
