package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.PaceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** An edge node on a link of its own. */
final class EdgeRig implements AutoCloseable {

    static final PaceSettings FAST = new PaceSettings(Duration.ofMillis(5), Duration.ofMillis(50),
            Duration.ofSeconds(1), 10_000);

    private final Plant plant = new Plant();
    private final EdgeNode node;
    private final MqttGateway gateway;

    EdgeRig(SparkplugSettings settings, Path state) {
        this(settings, state, FAST);
    }

    EdgeRig(SparkplugSettings settings, Path state, PaceSettings pace) {
        node = new EdgeNode(settings, state, plant, plant, new MemoryHistory(1_000), InstantSource.system());
        var first = settings.servers().getFirst();
        gateway = new MqttGateway(List.of(LinkSettings.of("site", first.host(), first.port(), settings.id().node())
                .withPace(pace).withSessions(node::nextSession)), RandomGenerator.getDefault());
        node.start(gateway.link("site").orElseThrow());
        gateway.start();
    }

    Plant plant() {
        return plant;
    }

    EdgeNode node() {
        return node;
    }

    long attempts() {
        return gateway.status().get("site").attempts();
    }

    /** Changes a metric, and has the node look at once. */
    void set(String metric, MetricValue value) {
        plant.set(metric, value);
        node.changed();
    }

    @Override
    public void close() {
        node.close();
        gateway.close();
    }
}
