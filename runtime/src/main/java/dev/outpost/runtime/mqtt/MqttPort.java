package dev.outpost.runtime.mqtt;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One link to a broker, as the rooms that use it see it. Any thread. */
public interface MqttPort {

    /**
     * Sends a message now or not at all; blocks while as many messages are in flight as the broker takes.
     *
     * @return done when the broker acknowledged it (QoS 1) or it was written (QoS 0); failed with
     *     {@link LinkException} where there is no connection or it broke. Done says nothing about any receiver.
     */
    CompletableFuture<Void> publish(MqttOutgoing message);

    /**
     * Hands matching messages to {@code handler}, on the link's own thread, one at a time, now and after every
     * reconnect. The handler returns quickly.
     */
    void subscribe(String filter, int qos, Consumer<MqttIncoming> handler);

    /** Runs after every connect, once the subscriptions are granted, on the link's own thread. */
    void onConnected(Runnable action);

    LinkStatus status();
}
