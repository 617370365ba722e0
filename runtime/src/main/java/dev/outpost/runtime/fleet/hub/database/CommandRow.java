package dev.outpost.runtime.fleet.hub.database;

import java.time.Instant;
import java.util.Locale;

/**
 * A command to a device.
 *
 * @param id names it; the device obeys it once
 * @param envelope the signed command
 * @param detail what the device said last
 */
public record CommandRow(String id, String device, byte[] envelope, State state, String detail, Instant created,
        Instant expires) {

    /** How far a command got. */
    public enum State {
        WAITING, ACCEPTED, RUNNING, DONE, FAILED, EXPIRED;

        /** The word in the database and on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Nothing more will be heard of it. */
        public boolean ended() {
            return switch (this) {
                case WAITING, ACCEPTED, RUNNING -> false;
                case DONE, FAILED, EXPIRED -> true;
            };
        }
    }
}
