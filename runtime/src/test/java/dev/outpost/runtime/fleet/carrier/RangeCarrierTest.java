package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.stage.RateLimit;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.carrier.HostileServer.Fault;
import dev.outpost.runtime.http.blocks.BlockServer;
import dev.outpost.runtime.http.blocks.BlockServerSettings;
import dev.outpost.runtime.http.blocks.BlockServerSettings.Clients;
import dev.outpost.runtime.http.blocks.TestTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RangeCarrierTest {
    private static final PatternFile FILE = new PatternFile((6 << 20) + 321, 11);
    private static final RangeCarrierSettings SOON = RangeCarrierSettings.STANDARD
            .withPatience(Duration.ofMillis(1_500));

    @TempDir
    Path directory;

    @Test
    void bringsBlocksAndDocumentsOverMutualTls() throws CarrierFailedException {
        var tls = new TestTls(directory);
        byte[] list = FILE.blocks().encode();
        var settings = BlockServerSettings.plain("127.0.0.1", 0).withTls(tls::own, Clients.MUST_HAVE_CERTIFICATE);
        try (var server = BlockServer.start(settings, FILE, Optional.empty())) {
            var base = URI.create("https://127.0.0.1:" + server.port() + "/");
            try (var carrier = new RangeCarrier(List.of(base), tls::own, RangeCarrierSettings.STANDARD)) {
                assertArrayEquals(list, carrier.document(ContentDigest.of(list), list.length));
                assertEquals(FILE.all(), fetch(carrier, FILE.all()));
                assertEquals(List.of(0, 1, 4, 6), fetch(carrier, List.of(0, 1, 4, 6)));
            }
            try (var stranger = new RangeCarrier(List.of(base), tls::stranger, SOON)) {
                assertThrows(CarrierFailedException.class, () -> fetch(stranger, FILE.all()));
            }
        }
    }

    @Test
    void asksOnceForBlocksThatFollowEachOther() throws CarrierFailedException {
        try (var server = new HostileServer(FILE); var carrier = carrier(server)) {
            assertEquals(FILE.all(), fetch(carrier, FILE.all()));
            assertEquals(1, server.requests());
            fetch(carrier, List.of(0, 1, 3, 4, 6));
            assertEquals(4, server.requests());
        }
    }

    /** What a server does wrong costs the carrier's patience at most, and no wrong length ever reaches the sink. */
    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = {"NONE", "WRONG_BYTES", "CHANGING_TAG"})
    void refusesAServerThat(Fault fault) {
        try (var server = new HostileServer(FILE).with(fault); var carrier = carrier(server)) {
            var taken = new ArrayList<Integer>();
            var failure = assertThrows(CarrierFailedException.class,
                    () -> carrier.blocks(order(List.of(0, 1, 2)), (block, content) -> {
                        assertEquals(FILE.blocks().length(block), content.remaining());
                        taken.add(block);
                        return BlockSink.Verdict.TAKEN;
                    }));
            boolean rightUpToTheEnd = fault == Fault.SHORT || fault == Fault.ENDLESS || fault == Fault.SILENT_BODY;
            assertTrue(rightUpToTheEnd || taken.isEmpty(), () -> fault + ": " + failure.getMessage());
        }
    }

    @Test
    void refusesAFileThatChangesBetweenTwoRanges() {
        try (var server = new HostileServer(FILE).with(Fault.CHANGING_TAG); var carrier = carrier(server)) {
            var failure = assertThrows(CarrierFailedException.class, () -> fetch(carrier, List.of(0, 2)));
            assertTrue(failure.getMessage().startsWith("file has changed"), failure.getMessage());
        }
    }

    /** Wrong bytes are the digest's to find: the sink says so, and hears of the next block all the same. */
    @Test
    void handsOnWhatTheSinkMustJudge() throws CarrierFailedException {
        try (var server = new HostileServer(FILE).with(Fault.WRONG_BYTES); var carrier = carrier(server)) {
            var bad = new ArrayList<Integer>();
            carrier.blocks(order(List.of(0, 1, 2)), (block, content) -> {
                assertTrue(!FILE.blocks().matches(block, content));
                bad.add(block);
                return bad.size() == 2 ? BlockSink.Verdict.STOP : BlockSink.Verdict.BAD;
            });
            assertEquals(List.of(0, 1), bad);
        }
    }

    @Test
    void goesOnAtTheNextAddressInMidOrder() throws CarrierFailedException {
        try (var broken = new HostileServer(FILE).with(Fault.SILENT_BODY);
                var good = new HostileServer(FILE);
                var carrier = new RangeCarrier(List.of(URI.create("http://127.0.0.1:1"), broken.base(), good.base()),
                        RangeCarrierTest::noTls, SOON)) {
            assertEquals(FILE.all(), fetch(carrier, FILE.all()));
            int before = broken.requests();
            assertEquals(List.of(2), fetch(carrier, List.of(2)));
            assertEquals(before, broken.requests());
        }
    }

    @Test
    void keepsToTheLimit() throws CarrierFailedException {
        try (var server = new HostileServer(FILE); var carrier = carrier(server)) {
            long start = System.nanoTime();
            carrier.blocks(new BlockOrder(FILE.digest(), FILE.blocks(), FILE.all(),
                    new RateLimit(3 << 20, System::nanoTime)), new ChunkRig.CheckingSink(FILE.blocks()));
            double seconds = (System.nanoTime() - start) / 1e9;
            double rate = FILE.bytes() / seconds / (3 << 20);
            assertTrue(rate <= 1.06, "of the limit, one tenth of a second of burst included: " + rate);
        }
    }

    private static RangeCarrier carrier(HostileServer server) {
        return new RangeCarrier(List.of(server.base()), RangeCarrierTest::noTls, SOON);
    }

    private static SSLContext noTls() {
        throw new IllegalStateException("no TLS for http");
    }

    private static BlockOrder order(List<Integer> wanted) {
        return new BlockOrder(FILE.digest(), FILE.blocks(), wanted, ChunkRig.unlimited());
    }

    private static List<Integer> fetch(RangeCarrier carrier, List<Integer> wanted) throws CarrierFailedException {
        var sink = new ChunkRig.CheckingSink(FILE.blocks());
        carrier.blocks(order(wanted), sink);
        return sink.blocks;
    }
}
