package dev.outpost.runtime.mqtt;

import java.util.Optional;

/**
 * A snapshot of a link.
 *
 * @param state what the link is doing
 * @param connects connections since the start, successful ones
 * @param attempts connection attempts since the start
 * @param bytesIn bytes read from sockets
 * @param bytesOut bytes written to sockets
 * @param dropped messages that arrived faster than they were handled, and were let go
 * @param maximumPacket largest packet the broker takes, in bytes; of the current or last connection
 * @param lastFailure why the last connection ended or could not be made
 */
public record LinkStatus(State state, long connects, long attempts, long bytesIn, long bytesOut, long dropped,
        long maximumPacket, Optional<String> lastFailure) {

    /** What a link is doing. */
    public enum State {
        WAITING, CONNECTING, CONNECTED, CLOSED
    }
}
