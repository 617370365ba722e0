package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulling through a broker that loses nothing: what is asked, how often, and what is believed. */
class MqttCarrierTest {
    private static final PatternFile FILE = new PatternFile((5 << 20) + 777, 1);
    private static final MqttCarrierSettings SOON = MqttCarrierSettings.STANDARD.withPatience(Duration.ofMillis(300),
            Duration.ofSeconds(2), Duration.ofSeconds(3));

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
    void bringsEveryBlockOnceAndInOrder() throws CarrierFailedException {
        try (var rig = rig(FILE)) {
            var carrier = rig.carrier(SOON);
            assertEquals(FILE.all(), ChunkRig.fetch(carrier, FILE, FILE.all(), ChunkRig.unlimited()));
            assertEquals(List.of(1, 3, 5), ChunkRig.fetch(carrier, FILE, List.of(1, 3, 5), ChunkRig.unlimited()));
            assertEquals(FILE.bytes() + FILE.blocks().length(1) + FILE.blocks().length(3) + FILE.blocks().length(5),
                    carrier.counters().bytes());
            assertEquals(0, carrier.counters().unwanted() + carrier.counters().late());
        }
    }

    @Test
    void scatteredShortBlocksShareRequests() throws CarrierFailedException {
        var tensors = new PatternFile(2 << 20, 2, new BlockSizes(512, 512));
        var everySecond = IntStream.range(0, tensors.blocks().count()).filter(block -> block % 2 == 0).boxed().toList();
        try (var rig = rig(tensors)) {
            var carrier = rig.carrier(SOON);
            assertEquals(everySecond, ChunkRig.fetch(carrier, tensors, everySecond, ChunkRig.unlimited()));
            assertEquals(2_048, carrier.counters().chunks());
            assertTrue(carrier.counters().requests() < 40, carrier.counters()::toString);
        }
    }

    @Test
    void shortBlocksThatFollowEachOtherShareChunks() throws CarrierFailedException {
        var tensors = new PatternFile(2 << 20, 3, new BlockSizes(512, 512));
        try (var rig = rig(tensors)) {
            var carrier = rig.carrier(SOON);
            assertEquals(tensors.all(), ChunkRig.fetch(carrier, tensors, tensors.all(), ChunkRig.unlimited()));
            assertEquals(16, carrier.counters().chunks());
        }
    }

    @Test
    void bringsDocuments() throws CarrierFailedException {
        var tensors = new PatternFile(2 << 20, 3, new BlockSizes(256, 256));
        byte[] list = tensors.blocks().encode();
        try (var rig = rig(tensors)) {
            assertTrue(list.length > 2 * ChunkFrame.MOST_BYTES);
            assertArrayEquals(list, rig.carrier(SOON).document(ContentDigest.of(list), list.length));
        }
    }

    @Test
    void reachesBytesBeyondFourGigabytes() throws CarrierFailedException {
        var file = new HugeFile(5 << 10);
        try (var rig = new ChunkRig(broker.port(), broker.port(), file, ChunkServiceSettings.STANDARD)) {
            var found = new ArrayList<Long>();
            rig.carrier(SOON).blocks(new BlockOrder(HugeFile.DIGEST, file.blocks(), List.of(4_095, 4_096, 5_119),
                    ChunkRig.unlimited()), (block, content) -> {
                        found.add(content.getLong((1 << 20) - 8));
                        return BlockSink.Verdict.TAKEN;
                    });
            assertEquals(List.of((4L << 30) - 8, (4L << 30) + (1 << 20) - 8, (5L << 30) - 8), found);
        }
    }

    @Test
    void saysSoonThatTheOtherSideDoesNotHaveIt() {
        try (var rig = rig(FILE)) {
            var carrier = rig.carrier(SOON.withPatience(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1)));
            var unknown = ContentDigest.of(new byte[]{1});
            var failure = assertThrows(CarrierFailedException.class, () -> carrier.document(unknown, 100));
            assertTrue(failure.getMessage().startsWith("the other side does not have it"), failure.getMessage());
            assertThrows(CarrierFailedException.class, () -> carrier.blocks(
                    new BlockOrder(unknown, FILE.blocks(), List.of(0), ChunkRig.unlimited()),
                    (block, content) -> null));
        }
    }

    @Test
    void givesUpWhenNobodyAnswers() {
        try (var rig = new ChunkRig(broker.port(), broker.port(), FILE,
                ChunkServiceSettings.STANDARD.withFilter("nowhere/#"))) {
            var carrier = rig.carrier(SOON);
            var failure = assertThrows(CarrierFailedException.class,
                    () -> ChunkRig.fetch(carrier, FILE, FILE.all(), ChunkRig.unlimited()));
            assertTrue(failure.getMessage().startsWith("nothing comes"), failure.getMessage());
            assertTrue(carrier.counters().lost() > 0);
        }
    }

    @Test
    void stopsWhenTheSinkHasEnough() throws CarrierFailedException {
        try (var rig = rig(FILE)) {
            var carrier = rig.carrier(SOON);
            var taken = new AtomicInteger();
            carrier.blocks(new BlockOrder(FILE.digest(), FILE.blocks(), FILE.all(), ChunkRig.unlimited()),
                    (block, content) -> taken.incrementAndGet() == 2
                            ? BlockSink.Verdict.STOP
                            : BlockSink.Verdict.TAKEN);
            assertEquals(2, taken.get());
            assertEquals(FILE.all(), ChunkRig.fetch(carrier, FILE, FILE.all(), ChunkRig.unlimited()));
        }
    }

    @Test
    void asksForOneChunkAtATimeWhileTelemetryWaits() throws CarrierFailedException {
        try (var rig = rig(FILE)) {
            var carrier = rig.carrier(SOON.behindTelemetry(() -> true));
            assertEquals(FILE.all(), ChunkRig.fetch(carrier, FILE, FILE.all(), ChunkRig.unlimited()));
            assertEquals(carrier.counters().chunks(), carrier.counters().requests());
        }
    }

    /** A manager, or somebody who may write like one, that answers each request with rubbish before the truth. */
    @Test
    void believesNoChunkThatIsNotTheOneItAskedFor() throws CarrierFailedException {
        try (var rig = new ChunkRig(broker.port(), broker.port(), FILE,
                ChunkServiceSettings.STANDARD.withFilter("nowhere/#"))) {
            var carrier = rig.carrier(SOON);
            String topic = ChunkRig.DEVICE.own("xfer/" + FILE.digest().brief() + "/");
            rig.hub.subscribe(topic + "req", 1, message -> {
                var request = ChunkRequest.of(message.payload());
                for (var lie : lies(request)) {
                    rig.hub.publish(MqttOutgoing.of(topic + "chunk", lie, 0, false));
                }
                for (var chunk : truth(request)) {
                    rig.hub.publish(MqttOutgoing.of(topic + "chunk", chunk, 0, false));
                }
            });
            assertEquals(FILE.all(), ChunkRig.fetch(carrier, FILE, FILE.all(), ChunkRig.unlimited()));
            var counters = carrier.counters();
            assertTrue(counters.damaged() >= 3 * counters.requests(), counters::toString);
            assertTrue(counters.late() >= 2 * counters.requests(), counters::toString);
            assertTrue(counters.unwanted() >= 2 * counters.requests(), counters::toString);
            assertEquals(FILE.bytes(), counters.bytes());
        }
    }

    private static List<byte[]> lies(ChunkRequest request) {
        var first = request.ranges().getFirst();
        byte[] flipped = chunk(request.transfer(), (int) request.epoch(), first.block(), first.offset(), 100);
        flipped[50] ^= 1;
        byte[] cut = java.util.Arrays.copyOf(flipped, 60);
        return List.of(flipped, cut, new byte[]{1, 2, 3},
                chunk(request.transfer() + 1, (int) request.epoch(), first.block(), first.offset(), first.length()),
                chunk(request.transfer(), (int) request.epoch() - 1, first.block(), first.offset(), first.length()),
                chunk(request.transfer(), (int) request.epoch(), first.block(), first.offset(), 100),
                chunk(request.transfer(), (int) request.epoch(), 1_000_000, 0, 100));
    }

    private static List<byte[]> truth(ChunkRequest request) {
        var chunks = new ArrayList<byte[]>();
        for (var range : request.ranges()) {
            for (int sent = 0; sent < range.length(); sent += request.chunkBytes()) {
                chunks.add(chunk(request.transfer(), (int) request.epoch(), range.block(), range.offset() + sent,
                        Math.min(request.chunkBytes(), range.length() - sent)));
            }
        }
        return chunks;
    }

    private static byte[] chunk(int transfer, int epoch, int block, int offset, int length) {
        byte[] message = new byte[ChunkFrame.HEADER + Math.min(length, ChunkFrame.MOST_BYTES)];
        long position = block < FILE.blocks().count() ? FILE.blocks().offset(block) + offset : 0;
        FILE.read(position, ByteBuffer.wrap(message, ChunkFrame.HEADER, message.length - ChunkFrame.HEADER));
        ChunkFrame.seal(message, 0, transfer, epoch, block, offset);
        return message;
    }

    @Test
    void theFrameIsWhatTheProtocolDraws() {
        byte[] message = new byte[ChunkFrame.HEADER + 3];
        message[24] = 'a';
        message[25] = 'b';
        message[26] = 'c';
        ChunkFrame.seal(message, 0, 0xABCD, 0x01020304, 7, 8);
        String hex = java.util.HexFormat.of().formatHex(message);
        assertEquals("0100abcd01020304" + "0000000700000008" + "00000003364b3fb7" + "616263", hex);
        assertEquals(Optional.empty(), ChunkFrame.of(new byte[23]));
    }

    private static ChunkRig rig(PatternFile file) {
        return new ChunkRig(broker.port(), broker.port(), file, ChunkServiceSettings.STANDARD);
    }
}
