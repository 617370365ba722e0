package dev.outpost.runtime.fleet;

import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** One connection for many simulated devices: each of them sees a port of its own, a filter is subscribed to once. */
public final class SharedLink implements MqttPort {

    private final MqttPort link;
    private final Map<String, List<Consumer<MqttIncoming>>> handlers = new ConcurrentHashMap<>();

    public SharedLink(MqttPort link) {
        this.link = link;
    }

    @Override
    public CompletableFuture<Void> publish(MqttOutgoing message) {
        return link.publish(message);
    }

    @Override
    public void subscribe(String filter, int qos, Consumer<MqttIncoming> handler) {
        handlers.computeIfAbsent(filter, fresh -> {
            var all = new CopyOnWriteArrayList<Consumer<MqttIncoming>>();
            link.subscribe(filter, qos, message -> all.forEach(each -> each.accept(message)));
            return all;
        }).add(handler);
    }

    @Override
    public void onConnected(Runnable action) {
        link.onConnected(action);
    }

    @Override
    public LinkStatus status() {
        return link.status();
    }
}
