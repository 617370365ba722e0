package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.Programs;
import dev.outpost.runtime.mqtt.Mosquitto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hub processes over one PostgreSQL and a Mosquitto; each is killed in turn, and the database once. */
class HubsOnPostgresTest {

    private static final int DEVICES = 20;

    @TempDir
    Path path;

    @Test
    void oneOfTwoHubsIsKilledAndNothingIsLostOrDoubled() throws IOException, InterruptedException {
        try (var cluster = new PostgresCluster();
                var broker = Mosquitto.plain(path.resolve("broker"));
                var rig = new HubRig(path.resolve("fleet"), cluster.url());
                var fleet = new TelemetryFleet(rig, path.resolve("spools"), broker.port(), DEVICES)) {
            var first = HubKillTest.hub(rig.path, broker.port());
            var second = HubKillTest.hub(rig.path, broker.port());
            try {
                fleet.produce(40);
                Programs.await(120, "both hubs store", () -> fleet.stored() >= DEVICES * 40);
                fleet.produce(40);
                first.destroyForcibly().waitFor();
                fleet.produce(40);
                long after = fleet.stored();
                Programs.await(60, "the other goes on", () -> fleet.stored() > after || fleet.acknowledged());
                first = HubKillTest.hub(rig.path, broker.port());
                cluster.kill();
                fleet.produce(20);
                cluster.start();
                fleet.produce(20);
                second.destroyForcibly().waitFor();
                Programs.await(120, "everything is acknowledged", fleet::acknowledged);
                assertEquals(List.of(), fleet.judge());
                assertTrue(first.isAlive(), "a hub outlives its database's restart");
            } catch (AssertionError e) {
                throw new AssertionError(Files.readString(rig.path.resolve("hub.log")), e);
            } finally {
                first.destroyForcibly().waitFor();
                second.destroyForcibly().waitFor();
            }
        }
    }
}
