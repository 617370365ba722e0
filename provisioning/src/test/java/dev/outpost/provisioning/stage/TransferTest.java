package dev.outpost.provisioning.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.TestCarrier;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.store.TinyGguf;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TransferTest {
    private static final StoreSettings SETTINGS = new StoreSettings(new BlockSizes(256, 1024), 1, 0);
    private static final TinyGguf MODEL = new TinyGguf("template", 8, 12_000);
    private static final byte[] FILE = MODEL.bytes();
    private static final BlockList.Cut CUT = BlockList.cut(TinyGguf.source(FILE), SETTINGS.blockSizes());
    private static final ModelOrigin ORIGIN = new ModelOrigin.Fleet("press", 1);
    private static final FileNeed NEED = need(CUT, FILE.length);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final ModelStore store = ModelStore.open(disk, SETTINGS);
    private long nanos;

    @Test
    void aHundredLinkCutsFetchNoVerifiedBlockAgain() {
        TestCarrier carrier = carrier("mqtt");
        Random random = new Random(3);
        int cuts = 0;
        TransferResult result = new TransferResult.Interrupted(0, 0, "");
        while (result instanceof TransferResult.Interrupted && cuts < 1000) {
            carrier.cutAfter(random.nextInt(2));
            result = run(carrier);
            cuts++;
        }
        assertInstanceOf(TransferResult.Stored.class, result);
        assertTrue(cuts >= 100, "cuts=" + cuts);
        assertEquals(FILE.length, carrier.deliveredBytes());
    }

    @Test
    void changesCarrierInMidFileWithoutAskingForABlockTwice() {
        TestCarrier mqtt = carrier("mqtt");
        TestCarrier stick = carrier("stick");
        mqtt.cutAfter(20);
        TransferResult.Stored stored = assertInstanceOf(TransferResult.Stored.class, run(mqtt, stick));
        assertEquals(FILE.length, mqtt.deliveredBytes() + stick.deliveredBytes());
        assertTrue(stick.deliveredBytes() > 0 && mqtt.deliveredBytes() > 0);
        assertEquals(FILE.length, stored.fetchedBytes());
    }

    @Test
    void leavesACarrierThatLiesAfterThreeBlocks() {
        TestCarrier liar = carrier("peer");
        liar.lie();
        TestCarrier honest = carrier("mqtt");
        assertInstanceOf(TransferResult.Stored.class, run(liar, honest));
        assertEquals(CUT.blocks().offset(3), liar.deliveredBytes());
        assertEquals(FILE.length, honest.deliveredBytes());
    }

    @Test
    void whenAllLieNothingIsKept() {
        TestCarrier liar = carrier("peer");
        liar.lie();
        TransferResult.Interrupted cut = assertInstanceOf(TransferResult.Interrupted.class, run(liar));
        assertEquals(FILE.length, cut.missingBytes());
        assertTrue(cut.reason().startsWith("peer: sent bad blocks"), cut.reason());
    }

    @Test
    void leavesACarrierThatCrawls() {
        TestCarrier fast = carrier("mqtt");
        TestCarrier crawling = carrier("drip");
        Carrier slow = new SlowCarrier(crawling);
        TransferResult.Stored stored = assertInstanceOf(TransferResult.Stored.class,
                transfer(new TransferLimits(0, 128, Duration.ofMinutes(1), 64, 3), slow, fast).run(NEED, ORIGIN,
                        () -> false));
        assertTrue(crawling.deliveredBytes() <= 3 * 1024, "delivered=" + crawling.deliveredBytes());
        assertEquals(FILE.length, stored.fetchedBytes());
    }

    @Test
    void takesTheBlockListFromWhoeverHasTheSignedOne() {
        byte[] other = MODEL.withOtherTensor(2, 5).bytes();
        Carrier forger = new Carrier() {
            @Override
            public String name() {
                return "forger";
            }

            @Override
            public byte[] document(ContentDigest digest, int bytes) {
                return BlockList.cut(TinyGguf.source(other), SETTINGS.blockSizes()).blocks().encode();
            }

            @Override
            public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
                throw new CarrierFailedException("has no blocks", null);
            }
        };
        assertInstanceOf(TransferResult.Stored.class, run(forger, carrier("mqtt")));
        ModelStore empty = ModelStore.open(new SimulatedDisk(), SETTINGS);
        TransferResult.Interrupted cut = assertInstanceOf(TransferResult.Interrupted.class,
                new Transfer(empty, List.of(forger), TransferLimits.STANDARD, () -> nanos).run(NEED, ORIGIN,
                        () -> false));
        assertTrue(cut.reason().contains("block list is not the signed one"), cut.reason());
    }

    @Test
    void metadataOnlyChangeFetchesAtMostTwoPercent() {
        assertInstanceOf(TransferResult.Stored.class, run(carrier("mqtt")));
        byte[] next = MODEL.withTemplate("template with one more line").bytes();
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(next), SETTINGS.blockSizes());
        TestCarrier carrier = new TestCarrier("mqtt").offers(next, cut.blocks());
        TransferResult.Stored stored = assertInstanceOf(TransferResult.Stored.class,
                transfer(TransferLimits.STANDARD, carrier).run(need(cut, next.length), ORIGIN, () -> false));
        assertTrue(carrier.deliveredBytes() * 100 <= 2L * next.length,
                "delivered=" + carrier.deliveredBytes() + " of " + next.length);
        assertEquals(next.length - carrier.deliveredBytes(), stored.reusedBytes());
    }

    @Test
    void stopsWhenCalledOffAndGoesOnLater() {
        TestCarrier carrier = carrier("mqtt");
        TransferResult.Interrupted cut = assertInstanceOf(TransferResult.Interrupted.class,
                transfer(TransferLimits.STANDARD, carrier).run(NEED, ORIGIN, () -> carrier.deliveredBytes() > 30_000));
        assertTrue(cut.missingBytes() > 0);
        assertInstanceOf(TransferResult.Stored.class, run(carrier));
        assertEquals(FILE.length, carrier.deliveredBytes());
    }

    @Test
    void asksTheDiskBeforeTheFirstBlock() {
        disk.capacity(FILE.length / 2);
        TestCarrier carrier = carrier("mqtt");
        assertEquals(Refusal.DISK_BUDGET, assertThrows(RefusedException.class, () -> run(carrier)).code());
        assertEquals(0, carrier.deliveredBytes());
    }

    @Test
    void refusesASignedListThatIsNotOfTheSignedFile() {
        byte[] other = MODEL.withOtherTensor(2, 5).bytes();
        BlockList.Cut otherCut = BlockList.cut(TinyGguf.source(other), SETTINGS.blockSizes());
        TestCarrier carrier = new TestCarrier("mqtt").offers(other, otherCut.blocks());
        FileNeed mixed = new FileNeed(CUT.file(), FILE.length, otherCut.blocks().digest(),
                otherCut.blocks().encode().length, CUT.file(), 1, 1);
        Carrier renamed = new Carrier() {
            @Override
            public String name() {
                return "mqtt";
            }

            @Override
            public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
                return carrier.document(digest, bytes);
            }

            @Override
            public void blocks(BlockOrder order, BlockSink sink) {
                for (int block : order.wanted()) {
                    sink.block(block, ByteBuffer.wrap(other, (int) order.blocks().offset(block),
                            order.blocks().length(block)).slice());
                }
            }
        };
        assertEquals(Refusal.FILE_MISMATCH,
                assertThrows(RefusedException.class,
                        () -> transfer(TransferLimits.STANDARD, renamed).run(mixed, ORIGIN, () -> false)).code());
        assertEquals(Optional.empty(), store.find(CUT.file()));
    }

    @Test
    void theRateLimitHoldsOverTenSecondsWithinTwoPercent() {
        RateLimit rate = new RateLimit(1_000_000, () -> nanos);
        long taken = 0;
        while (nanos < 10_000_000_000L) {
            taken += 131_072;
            nanos += rate.take(131_072).toNanos() + 100_000;
        }
        assertTrue(Math.abs(taken - 10_000_000L) <= 200_000, "taken=" + taken);
    }

    private TransferResult run(Carrier... carriers) {
        return transfer(TransferLimits.STANDARD, carriers).run(NEED, ORIGIN, () -> false);
    }

    private Transfer transfer(TransferLimits limits, Carrier... carriers) {
        return new Transfer(store, List.of(carriers), limits, () -> nanos);
    }

    private static TestCarrier carrier(String name) {
        return new TestCarrier(name).offers(FILE, CUT.blocks());
    }

    private static FileNeed need(BlockList.Cut cut, long bytes) {
        return new FileNeed(cut.file(), bytes, cut.blocks().digest(), cut.blocks().encode().length, cut.file(), 1, 1);
    }

    /** Half a minute for every block. */
    private final class SlowCarrier implements Carrier {
        private final Carrier carrier;

        SlowCarrier(Carrier carrier) {
            this.carrier = carrier;
        }

        @Override
        public String name() {
            return carrier.name();
        }

        @Override
        public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
            return carrier.document(digest, bytes);
        }

        @Override
        public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
            carrier.blocks(order, (block, content) -> {
                nanos += 30_000_000_000L;
                return sink.block(block, content);
            });
        }
    }
}
