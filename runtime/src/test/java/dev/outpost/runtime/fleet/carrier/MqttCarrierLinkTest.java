package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.stage.RateLimit;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.runtime.Trials;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.FlakyProxy;
import dev.outpost.runtime.mqtt.FlakyProxy.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulling while links and brokers come and go, and under a limit. */
class MqttCarrierLinkTest {
    private static final int CUTS = Trials.full() ? 100 : 8;
    private static final long BYTES = Trials.full() ? 2L << 30 : 96L << 20;
    private static final MqttCarrierSettings PATIENT = MqttCarrierSettings.STANDARD.withPatience(
            Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(60));

    @TempDir
    Path directory;

    /** {@code -Doutpost.trials=full}: 100 cuts in 2 GiB. */
    @Test
    void aCutLinkCostsLessThanAChunk() throws IOException, CarrierFailedException {
        var file = new PatternFile(BYTES, Trials.seed());
        try (var broker = new EmbeddedBroker(directory);
                var proxy = new FlakyProxy(broker.port());
                var rig = new ChunkRig(proxy.port(), broker.port(), file, ChunkServiceSettings.STANDARD)) {
            var carrier = rig.carrier(PATIENT);
            long before = rig.device.status().bytesIn();
            int every = file.blocks().count() / (CUTS + 1);
            run(carrier, file, ChunkRig.unlimited(), block -> {
                if (block > 0 && block % every == 0 && block / every <= CUTS) {
                    proxy.become(Fault.RESET);
                    proxy.become(Fault.NONE);
                }
            });
            long wire = rig.device.status().bytesIn() - before;
            var counters = carrier.counters();
            double overhead = 100.0 * (wire - BYTES) / BYTES;
            Trials.row("cuts",
                    "| cuts | MiB | bytes over the link beyond the file | percent | taken twice | sessions |", CUTS,
                    BYTES >> 20, wire - BYTES, String.format(Locale.ROOT, "%.3f", overhead), counters.bytes() - BYTES,
                    counters.sessions());
            assertEquals(BYTES, counters.bytes());
            assertTrue(counters.sessions() > CUTS / 2, counters::toString);
            assertTrue(wire - BYTES < BYTES / 400 + CUTS * (128L << 10), "overhead in bytes: " + (wire - BYTES));
            assertTrue(!Trials.full() || overhead <= 0.5, "overhead in percent: " + overhead);
        }
    }

    @Test
    void aBrokerMayRestartMidway() throws IOException, CarrierFailedException {
        var file = new PatternFile(6 << 20, 4);
        try (var broker = new EmbeddedBroker(directory);
                var rig = new ChunkRig(broker.port(), broker.port(), file, ChunkServiceSettings.STANDARD)) {
            var carrier = rig.carrier(PATIENT);
            run(carrier, file, ChunkRig.unlimited(), block -> {
                if (block == 2) {
                    broker.stop();
                    broker.start();
                }
            });
            assertEquals(file.bytes(), carrier.counters().bytes());
        }
    }

    /** 8 MiB/s over a little more than ten seconds, judged over every ten. */
    @Test
    void theLimitHoldsOverAnyTenSeconds() throws IOException, CarrierFailedException {
        long rate = 8 << 20;
        var file = new PatternFile(rate * 23 / 2, 5, new BlockSizes(32 << 10, 32 << 10));
        var arrivals = new TreeMap<Long, Long>();
        try (var broker = new EmbeddedBroker(directory);
                var rig = new ChunkRig(broker.port(), broker.port(), file, ChunkServiceSettings.STANDARD)) {
            var carrier = rig.carrier(PATIENT);
            long start = System.nanoTime();
            run(carrier, file, new RateLimit(rate, System::nanoTime),
                    block -> arrivals.put(System.nanoTime() - start, file.blocks().offset(block)));
        }
        double most = 0;
        double least = Double.MAX_VALUE;
        long window = Duration.ofSeconds(10).toNanos();
        for (var from : arrivals.entrySet()) {
            if (from.getKey() + window <= arrivals.lastKey()) {
                long bytes = arrivals.floorEntry(from.getKey() + window).getValue() - from.getValue();
                most = Math.max(most, bytes / 10.0 / rate);
                least = Math.min(least, bytes / 10.0 / rate);
            }
        }
        Trials.row("limit", "| bytes a second | least of any 10 s | most of any 10 s |", rate, least, most);
        assertTrue(most <= 1.02, "most: " + most);
        // A machine that stands still for a while loses that time; the best ten seconds show what the limit lets through.
        assertTrue(most >= 0.98, "most: " + most);
    }

    private static void run(MqttCarrier carrier, PatternFile file, RateLimit rate, IntConsumer onBlock)
            throws CarrierFailedException {
        var sink = new ChunkRig.CheckingSink(file.blocks());
        carrier.blocks(new BlockOrder(file.digest(), file.blocks(), file.all(), rate), new BlockSink() {
            @Override
            public Verdict block(int block, ByteBuffer content) {
                var verdict = sink.block(block, content);
                onBlock.accept(block);
                return verdict;
            }
        });
        assertEquals(file.all(), sink.blocks);
    }
}
