package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.runtime.fleet.hub.PostgresCluster;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The same tables and tests on PostgreSQL. */
class FleetDatabaseOnPostgresTest extends FleetDatabaseTest {

    private static PostgresCluster cluster;

    @BeforeAll
    static void start() {
        cluster = new PostgresCluster();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Override
    String url() {
        return cluster.url();
    }

    @BeforeEach
    @Override
    void open() {
        try (var connection = DriverManager.getConnection(cluster.url()); var sql = connection.createStatement()) {
            sql.execute("DROP SCHEMA public CASCADE");
            sql.execute("CREATE SCHEMA public");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        super.open();
    }
}
