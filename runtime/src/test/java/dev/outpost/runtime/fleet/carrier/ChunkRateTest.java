package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.runtime.Trials;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.Mosquitto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How fast chunks come over loopback; {@code -Doutpost.trials=full} measures, else it only shows that all is right. */
class ChunkRateTest {
    private static final int ROUNDS = Trials.full() ? 7 : 1;
    private static final long BYTES = Trials.full() ? 256L << 20 : 8L << 20;

    @TempDir
    Path directory;

    @Test
    void pullsThroughTheEmbeddedBroker() throws IOException, CarrierFailedException {
        try (var broker = new EmbeddedBroker(directory)) {
            measure("HiveMQ CE, embedded", broker.port());
        }
    }

    @Test
    void pullsThroughMosquitto() throws CarrierFailedException {
        try (var broker = Mosquitto.plain(directory)) {
            measure("Mosquitto", broker.port());
        }
    }

    private static void measure(String broker, int port) throws CarrierFailedException {
        var file = new PatternFile(BYTES, Trials.seed());
        try (var rig = new ChunkRig(port, port, file, ChunkServiceSettings.STANDARD)) {
            var carrier = rig.carrier(MqttCarrierSettings.STANDARD);
            var rates = new ArrayList<Double>();
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                assertEquals(file.all(), ChunkRig.fetch(carrier, file, file.all(), ChunkRig.unlimited()));
                rates.add(BYTES / 1048576.0 / ((System.nanoTime() - start) / 1e9));
            }
            Collections.sort(rates);
            var counters = carrier.counters();
            Trials.row("chunks", "| broker | MiB | rounds | MiB/s worst | median | best | lost | unwanted | requests |",
                    broker, BYTES >> 20, ROUNDS, text(rates.getFirst()), text(rates.get(rates.size() / 2)),
                    text(rates.getLast()), counters.lost(), counters.unwanted(), counters.requests());
            assertEquals(ROUNDS * BYTES, counters.bytes());
        }
    }

    private static String text(double rate) {
        return String.format(java.util.Locale.ROOT, "%.1f", rate);
    }
}
