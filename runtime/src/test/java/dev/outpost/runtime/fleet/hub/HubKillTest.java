package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.Main;
import dev.outpost.runtime.Programs;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub process of its own, killed by SIGKILL while devices send: nothing is lost, nothing is doubled. */
class HubKillTest {

    private static final int DEVICES = 20;
    private static final int RECORDS = 150;
    private static final int KILLS = 4;
    private static final long SEED = 41;

    @TempDir
    Path path;

    @Test
    void aHubThatIsKilledAgainAndAgainLosesAndDoublesNothing() throws IOException, InterruptedException {
        var random = new Random(SEED);
        try (var broker = new EmbeddedBroker(path.resolve("broker"));
                var rig = new HubRig(path.resolve("fleet"), "");
                var fleet = new TelemetryFleet(rig, path.resolve("spools"), broker.port(), DEVICES)) {
            var hub = hub(rig.path, broker.port());
            try {
                for (int kill = 1; kill <= KILLS; kill++) {
                    fleet.produce(RECORDS / KILLS / 2);
                    long stored = fleet.stored();
                    fleet.produce(RECORDS / KILLS - RECORDS / KILLS / 2);
                    Programs.await(60, "the hub stores more than " + stored, () -> fleet.stored() > stored);
                    Programs.await(10, "a moment passes", new Moment(random.nextInt(60))::over);
                    hub.destroyForcibly().waitFor();
                    hub = hub(rig.path, broker.port());
                }
                Programs.await(120, "everything is acknowledged", fleet::acknowledged);
                assertEquals(List.of(), fleet.judge());
                hub.destroy();
                assertTrue(hub.waitFor(30, TimeUnit.SECONDS));
                assertEquals(0, hub.exitValue(), "an orderly stop");
            } finally {
                hub.destroyForcibly().waitFor();
            }
        }
    }

    private record Moment(long millis, long since) {
        Moment(long millis) {
            this(millis, System.nanoTime());
        }

        boolean over() {
            return System.nanoTime() - since >= millis * 1_000_000;
        }
    }

    /** Its lines go to {@code hub.log} in the fleet's directory. */
    static Process hub(Path directory, int port) throws IOException {
        return new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx128m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "fleet", "hub", "--dir", directory.toString(), "--link",
                "mqtt://127.0.0.1:" + port).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("hub.log").toFile())).start();
    }
}
