package dev.outpost.runtime.mqtt;

import static dev.outpost.runtime.mqtt.BrokerLinkTest.FAST;
import static dev.outpost.runtime.mqtt.BrokerLinkTest.await;
import static dev.outpost.runtime.mqtt.BrokerLinkTest.gateway;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link against the broker that sites run. */
class MosquittoTest {

    @TempDir
    Path directory;

    @Test
    void aLinkOutlivesARestartAndAStoppedBroker() throws InterruptedException {
        try (var broker = Mosquitto.plain(directory);
                var gateway = gateway(LinkSettings.of("fleet", "127.0.0.1", broker.port(), "one").withPace(FAST)
                        .withDeadlines(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))) {
            var link = gateway.link("fleet").orElseThrow();
            var arrived = new LinkedBlockingQueue<String>();
            link.subscribe("a/+", 1, message -> arrived.add(message.topic()));
            gateway.start();
            await(() -> link.status().state() == LinkStatus.State.CONNECTED);
            link.publish(MqttOutgoing.of("a/1", new byte[1], 1, false)).join();
            assertEquals("a/1", arrived.poll(5, TimeUnit.SECONDS));

            broker.kill();
            await(() -> link.status().state() != LinkStatus.State.CONNECTED);
            broker.start();
            await(() -> link.status().state() == LinkStatus.State.CONNECTED);
            link.publish(MqttOutgoing.of("a/2", new byte[1], 1, false)).join();
            assertEquals("a/2", arrived.poll(5, TimeUnit.SECONDS));

            long connects = link.status().connects();
            broker.freeze();
            await(() -> link.status().state() != LinkStatus.State.CONNECTED);
            broker.thaw();
            await(() -> link.status().connects() > connects && link.status().state() == LinkStatus.State.CONNECTED);
        }
    }
}
