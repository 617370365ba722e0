package dev.outpost.runtime.mqtt;

import java.util.Optional;

/**
 * What one connection of a link has of its own: where it goes, what the broker says when it breaks, and who is told.
 * A fresh one is asked for before each attempt, on the link's supervising thread. Every method returns quickly.
 */
public interface LinkSession {

    String host();

    int port();

    /** Published by the broker when this connection breaks. */
    Optional<MqttOutgoing> will();

    /** Whether an orderly goodbye asks the broker to publish the will all the same (DISCONNECT 0x04). */
    boolean leavesWithWill();

    /** Said at QoS 1 before an orderly goodbye, by whichever side of the session asks for it. Any thread. */
    default Optional<MqttOutgoing> farewell() {
        return Optional.empty();
    }

    /** CONNECT was written whole: the broker may have seen this session. On the client's sending thread. */
    void connectWritten();

    /** Connected, and the link's subscriptions are granted. On the supervising thread. */
    void opened(SessionPort port);
}
