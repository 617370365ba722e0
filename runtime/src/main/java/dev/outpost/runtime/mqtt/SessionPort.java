package dev.outpost.runtime.mqtt;

import java.util.concurrent.CompletableFuture;

/** One connection and no other: what is published here never goes out on the next one. Any thread. */
public interface SessionPort {

    /**
     * Sends a message on this connection or not at all; as {@link MqttPort#publish}. Messages of one thread go out in
     * order.
     */
    CompletableFuture<Void> publish(MqttOutgoing message);

    boolean isOpen();

    /** Says goodbye and ends this connection; the link goes on with the next. Takes at most a second. */
    void leave();
}
