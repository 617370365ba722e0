package dev.outpost.runtime.fleet.hub.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/**
 * The schema in versions: {@code schema-N.sql} leads from N-1 to N, once, in one transaction. The scripts keep to what
 * both engines read the same: TEXT, BIGINT, BYTEA (to SQLite a name like any other), times as Unix milliseconds with 0
 * for never.
 */
final class Schema {

    private static final int VERSION = 1;
    /** Hubs that start together take turns. */
    private static final String POSTGRESQL_TURN = "SELECT pg_advisory_xact_lock(7089336938131513954)";

    private Schema() {}

    static void bringUpToDate(Connections connections) {
        connections.write(sql -> {
            if (!connections.sqlite()) {
                sql.execute(POSTGRESQL_TURN);
            }
            sql.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)");
            int present = (int) sql.number("SELECT MAX(version) FROM schema_version");
            if (present > VERSION) {
                throw new FleetDatabaseException("fleet database is of a newer version: expected <= " + VERSION
                        + ", found=" + present);
            }
            for (int next = present + 1; next <= VERSION; next++) {
                step(sql, next);
            }
            return present;
        });
    }

    private static void step(Statements sql, int version) throws SQLException {
        for (String statement : statements(version)) {
            sql.execute(statement);
        }
        sql.update("INSERT INTO schema_version (version) VALUES (?)", version);
    }

    private static List<String> statements(int version) {
        try (var script = Schema.class.getResourceAsStream("schema-" + version + ".sql")) {
            var text = new String(script.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)--.*$", "");
            return List.of(text.split(";")).stream().map(String::strip).filter(part -> !part.isEmpty()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("schema cannot be read: version=" + version, e);
        }
    }
}
