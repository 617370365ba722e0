package dev.outpost.runtime.fleet.hub.database;

/** The fleet's database could not be used, or what was to be written does not fit what is there. */
public final class FleetDatabaseException extends RuntimeException {

    /** A sentence about the contents. */
    public FleetDatabaseException(String message) {
        super(message);
    }

    /** @param cause what the driver said */
    public FleetDatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
