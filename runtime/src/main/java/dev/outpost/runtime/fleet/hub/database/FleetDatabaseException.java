package dev.outpost.runtime.fleet.hub.database;

import java.sql.SQLException;
import java.util.List;

/** The fleet's database could not be used, or what was to be written does not fit what is there. */
public final class FleetDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    /** Classes of PostgreSQL's states: connection, resources, operator's work. */
    private static final List<String> AWAY = List.of("08", "53", "57");

    /** A sentence about the contents. */
    public FleetDatabaseException(String message) {
        super(message);
    }

    /** @param cause what the driver said */
    public FleetDatabaseException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether the database is away, so that the same thing may well work later. */
    public boolean away() {
        return getCause() instanceof SQLException failure && failure.getSQLState() != null
                && AWAY.stream().anyMatch(failure.getSQLState()::startsWith);
    }
}
