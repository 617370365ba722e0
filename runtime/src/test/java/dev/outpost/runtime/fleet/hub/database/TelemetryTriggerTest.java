package dev.outpost.runtime.fleet.hub.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.fleet.hub.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page's way of handing telemetry on, on a PostgreSQL without Timescale. */
class TelemetryTriggerTest {

    private static final Path PAGE = Path.of("..", "docs", "operate", "fleet-hub.md");

    @Test
    void thePagesTriggerHandsEachRecordOnOnce() throws IOException, SQLException {
        var block = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertTrue(block.find());
        String statements = block.group(1).replaceAll("(?m)^SELECT create_hypertable.*$", "");
        try (var cluster = new PostgresCluster();
                var database = FleetDatabase.open(cluster.url());
                var connection = DriverManager.getConnection(cluster.url());
                var sql = connection.createStatement()) {
            sql.execute(statements);
            var batch = new StoredBatch("box-1", "metric", "0000000000000001", "0000000000000001", 0, -1, 0,
                    List.of(new StoredBatch.Entry(1, "{}"), new StoredBatch.Entry(2, "{}")), List.of(), false);
            database.telemetry().store(List.of(batch), Instant.now());
            database.telemetry().store(List.of(batch), Instant.now());
            try (var counted = sql.executeQuery("SELECT COUNT(*) FROM telemetry_history")) {
                counted.next();
                assertEquals(2, counted.getLong(1));
            }
        }
    }
}
