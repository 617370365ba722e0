package dev.outpost.runtime.sparkplug;

import java.util.Map;
import java.util.Optional;

/** What a broker saw a client do. */
sealed interface Packet {

    record Connect(int version, boolean cleanStart, long sessionExpiry, Optional<Publish> will) implements Packet {}

    record Subscribe(Map<String, Integer> filters) implements Packet {}

    record Publish(String topic, byte[] payload, int qos, boolean retain) implements Packet {}

    record Disconnect(String reason) implements Packet {}

    /** The connection is gone, however it ended. */
    record Gone() implements Packet {}

    /**
     * One packet on the record.
     *
     * @param order over all brokers and clients
     */
    record Seen(long order, long nanos, String broker, String client, Packet packet) {}
}
