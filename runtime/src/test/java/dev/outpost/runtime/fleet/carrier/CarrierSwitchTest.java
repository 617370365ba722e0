package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.gguf.GgufWriter;
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
import dev.outpost.provisioning.store.BlockSource;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreBook;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.runtime.http.blocks.BlockServer;
import dev.outpost.runtime.http.blocks.BlockServerSettings;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.FlakyProxy;
import dev.outpost.runtime.mqtt.FlakyProxy.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real transfers from a fleet's store into a device's, over a broker, a listener and a stick. */
class CarrierSwitchTest {
    private static final StoreSettings SETTINGS = new StoreSettings(BlockSizes.STANDARD, 4 << 20, 0);
    private static final ModelOrigin ORIGIN = new ModelOrigin.Fleet("press", 1);
    private static final TransferLimits LIMITS = TransferLimits.STANDARD;
    private static final byte[][] TENSORS = tensors();

    @TempDir
    static Path shared;
    private static EmbeddedBroker broker;

    @TempDir
    Path directory;
    private DirectoryStorage fleetDisk;
    private ModelStore fleet;
    private ModelStore device;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = new EmbeddedBroker(shared);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void openStores() {
        fleetDisk = new DirectoryStorage(directory.resolve("fleet"));
        fleet = ModelStore.open(fleetDisk, SETTINGS);
        device = ModelStore.open(new DirectoryStorage(directory.resolve("device")), SETTINGS);
    }

    @Test
    void theCarrierMayChangeWithinAFileAndWithinABlock() throws IOException {
        byte[] model = model("{{ messages }}");
        var need = release(model);
        stick(need);
        var book = new StoreBook(fleetDisk);
        try (var proxy = new FlakyProxy(broker.port());
                var rig = new ChunkRig(proxy.port(), broker.port(), book, ChunkServiceSettings.STANDARD);
                var server = BlockServer.start(BlockServerSettings.plain("127.0.0.1", 0), book, Optional.empty());
                var range = new RangeCarrier(List.of(URI.create("http://127.0.0.1:" + server.port())),
                        CarrierSwitchTest::noTls, RangeCarrierSettings.STANDARD)) {
            var mqtt = new Cut(rig.carrier(MqttCarrierSettings.STANDARD.withPatience(Duration.ofSeconds(2),
                    Duration.ofMillis(100), Duration.ofSeconds(10))), 3, () -> proxy.become(Fault.RESET));
            var http = new Cut(range, 4, () -> {});
            var usb = new Cut(new UsbCarrier(directory.resolve("stick")), 2, () -> {});
            TransferResult result = new TransferResult.Interrupted(0, 0, "");
            for (int round = 0; round < 30 && result instanceof TransferResult.Interrupted; round++) {
                result = new Transfer(device, List.of(mqtt, http, usb), LIMITS, System::nanoTime).run(need, ORIGIN,
                        () -> false);
                proxy.become(Fault.NONE);
                rig.awaitLinks();
            }
            assertInstanceOf(TransferResult.Stored.class, result);
            assertArrayEquals(model, stored(need.sha256()));
            assertEquals(model.length, mqtt.bytes + http.bytes + usb.bytes);
            assertTrue(mqtt.bytes > 0 && http.bytes > 0 && usb.bytes > 0,
                    mqtt.bytes + " " + http.bytes + " " + usb.bytes);
        }
    }

    /** The same tensors behind a longer chat template: nothing but the blocks of the header crosses the link. */
    @Test
    void aChangeOfMetadataAloneFetchesAtMostTwoPercent() throws IOException {
        var before = release(model("{{ messages }}"));
        byte[] model = model("{{ messages }} and 777 bytes more" + "x".repeat(777));
        var after = release(model);
        try (var rig = new ChunkRig(broker.port(), broker.port(), new StoreBook(fleetDisk),
                ChunkServiceSettings.STANDARD)) {
            var carrier = rig.carrier(MqttCarrierSettings.STANDARD);
            var transfer = new Transfer(device, List.of(carrier), LIMITS, System::nanoTime);
            assertInstanceOf(TransferResult.Stored.class, transfer.run(before, ORIGIN, () -> false));
            long bytes = rig.device.status().bytesIn();
            var result = assertInstanceOf(TransferResult.Stored.class, transfer.run(after, ORIGIN, () -> false));
            long wire = rig.device.status().bytesIn() - bytes;
            assertArrayEquals(model, stored(after.sha256()));
            assertTrue(result.fetchedBytes() <= model.length / 50, "fetched: " + result.fetchedBytes());
            assertTrue(wire <= model.length / 50, "over the link, list included: " + wire);
        }
    }

    /** What a device has of a file that is still arriving is given to others, and no byte that is not durable yet. */
    @Test
    void aBookGivesTheDurableBlocksOfAnArrivingFile() throws IOException {
        byte[] model = model("{{ messages }}");
        var need = release(model);
        var list = fleet.blocks(need.sha256());
        var disk = new DirectoryStorage(directory.resolve("device"));
        var book = new StoreBook(disk);
        try (var staged = device.stage(need.sha256(), list)) {
            staged.accept(1, ByteBuffer.wrap(model, (int) list.offset(1), list.length(1)));
            staged.accept(2, ByteBuffer.wrap(model, (int) list.offset(2), list.length(2)));
            try (var view = book.file(need.sha256()).orElseThrow()) {
                assertTrue(view.held().isEmpty());
            }
            staged.flush();
            try (var view = book.file(need.sha256()).orElseThrow()) {
                assertEquals(2, view.held().cardinality());
                assertTrue(view.holds(list.offset(1), list.length(1) + list.length(2)));
                assertTrue(!view.holds(list.offset(0), list.length(0) + 1L));
                assertTrue(!view.holds(list.offset(2), list.length(2) + 1L));
                var content = ByteBuffer.allocate(list.length(2));
                assertEquals(list.length(2), view.read(list.offset(2), content));
                assertTrue(list.matches(2, content.flip()));
            }
        }
        assertArrayEquals(list.encode(), book.document(list.digest()).orElseThrow());
        assertTrue(book.document(ContentDigest.of(new byte[0])).isEmpty());
        assertTrue(book.file(ContentDigest.of(new byte[0])).isEmpty());
    }

    /** Peers bring blocks in any order; what a kill kept out of the map is found again wherever it lies. */
    @Test
    void aKilledProcessLosesNoBlockThatCameOutOfOrder() {
        var file = new PatternFile(40 << 20, 31);
        var list = file.blocks();
        try (var staged = device.stage(file.digest(), list)) {
            for (int block : List.of(39, 5, 25)) {
                var content = ByteBuffer.allocate(list.length(block));
                file.read(list.offset(block), content);
                assertTrue(staged.accept(block, content.flip()));
            }
        }
        var restarted = ModelStore.open(new DirectoryStorage(directory.resolve("device")), SETTINGS);
        try (var staged = restarted.stage(file.digest(), list)) {
            assertEquals(37L << 20, staged.missingBytes());
            assertTrue(staged.has(39) && staged.has(5) && staged.has(25));
        }
    }

    private FileNeed release(byte[] model) {
        var source = new BlockSource() {
            @Override
            public long bytes() {
                return model.length;
            }

            @Override
            public int read(long position, ByteBuffer target) {
                int count = (int) Math.min(target.remaining(), model.length - position);
                target.put(model, (int) position, count);
                return count;
            }
        };
        fleet.importFile(source, ORIGIN, Optional.empty(), bytes -> {});
        return FileNeed.of(BlockList.cut(source, BlockSizes.STANDARD), 0);
    }

    private void stick(FileNeed need) throws IOException {
        Path bundle = directory.resolve("stick").resolve(UsbCarrier.BUNDLE);
        Files.createDirectories(bundle.resolve("blobs"));
        Files.copy(fleetDisk.path(ModelStore.blobName(need.sha256())),
                bundle.resolve("blobs").resolve(need.sha256().hex()));
    }

    private byte[] stored(ContentDigest digest) {
        try (var file = device.read(digest)) {
            var content = ByteBuffer.allocate((int) file.size());
            file.readFully(0, content);
            return content.array();
        }
    }

    private static byte[][] tensors() {
        var random = new Random(21);
        var tensors = new byte[24][];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = new byte[4 * (250_000 + 1_000 * i)];
            random.nextBytes(tensors[i]);
        }
        return tensors;
    }

    private static byte[] model(String template) {
        var writer = new GgufWriter().string("general.architecture", "llama").string("tokenizer.chat_template",
                template);
        for (int i = 0; i < TENSORS.length; i++) {
            writer.tensor(("blk." + i).getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, TENSORS[i],
                    TENSORS[i].length / 4);
        }
        return writer.bytes();
    }

    private static SSLContext noTls() {
        throw new IllegalStateException("no TLS for http");
    }

    /** A carrier whose link breaks after some blocks of each call. */
    private static final class Cut implements Carrier {
        private final Carrier carrier;
        private final int blocks;
        private final Runnable cut;
        private long bytes;

        Cut(Carrier carrier, int blocks, Runnable cut) {
            this.carrier = carrier;
            this.blocks = blocks;
            this.cut = cut;
        }

        @Override
        public String name() {
            return carrier.name();
        }

        @Override
        public byte[] document(ContentDigest digest, int length) throws CarrierFailedException {
            return carrier.document(digest, length);
        }

        @Override
        public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
            int[] left = {blocks};
            carrier.blocks(order, (block, content) -> {
                bytes += content.remaining();
                var verdict = sink.block(block, content);
                if (--left[0] == 0) {
                    cut.run();
                }
                return left[0] < -2 ? BlockSink.Verdict.STOP : verdict;
            });
            if (left[0] < 0) {
                throw new CarrierFailedException("link broke", null);
            }
        }
    }
}
