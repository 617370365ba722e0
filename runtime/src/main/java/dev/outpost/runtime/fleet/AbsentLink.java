package dev.outpost.runtime.fleet;

import dev.outpost.runtime.mqtt.LinkException;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The fleet's link where no broker is configured: the fleet comes by stick, and telemetry waits. */
public final class AbsentLink implements MqttPort {

    @Override
    public CompletableFuture<Void> publish(MqttOutgoing message) {
        return CompletableFuture.failedFuture(new LinkException("no broker is configured"));
    }

    @Override
    public void subscribe(String filter, int qos, Consumer<MqttIncoming> handler) {
        // nothing will ever arrive
    }

    @Override
    public void onConnected(Runnable action) {
        // never
    }

    @Override
    public LinkStatus status() {
        return new LinkStatus(LinkStatus.State.CLOSED, 0, 0, 0, 0, 0, 0, Optional.empty());
    }
}
