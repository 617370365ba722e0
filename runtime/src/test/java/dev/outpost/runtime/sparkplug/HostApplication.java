package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** A host application of the tests' own: says its state, hears everything, gives commands. */
final class HostApplication implements AutoCloseable {

    private final String id;
    private final MqttGateway gateway;
    private final MqttPort link;
    private final List<MqttIncoming> heard = new CopyOnWriteArrayList<>();

    HostApplication(String id, int port) {
        this.id = id;
        gateway = new MqttGateway(List.of(LinkSettings.of("host", "127.0.0.1", port, "client-of-" + id)
                .withPace(EdgeRig.FAST)), RandomGenerator.getDefault());
        link = gateway.link("host").orElseThrow();
        link.subscribe("spBv1.0/#", 1, heard::add);
        gateway.start();
        await(() -> link.status().state() == LinkStatus.State.CONNECTED);
    }

    void state(boolean online, long timestamp) {
        say(EdgeId.state(id), "{\"online\":%s,\"timestamp\":%d}".formatted(online, timestamp).getBytes(
                StandardCharsets.UTF_8));
    }

    void say(String topic, byte[] payload) {
        link.publish(MqttOutgoing.of(topic, payload, 1, topic.contains("/STATE/"))).join();
    }

    /** An NCMD or DCMD, as the specification wants it. */
    void command(String topic, Metric... metrics) {
        var payload = new Payload(OptionalLong.of(System.currentTimeMillis()), OptionalLong.empty(), List.of(metrics));
        link.publish(MqttOutgoing.of(topic, PayloadCodec.encode(payload), 0, false)).join();
    }

    void rebirth(EdgeId node) {
        command(node.topic("NCMD"), Metric.flag(EdgeSession.REBIRTH, true));
    }

    List<MqttIncoming> heard(String topic) {
        return heard.stream().filter(message -> message.topic().equals(topic)).toList();
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "condition did not come true within 20 s");
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        gateway.close();
    }
}
