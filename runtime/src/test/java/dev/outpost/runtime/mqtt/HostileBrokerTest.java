package dev.outpost.runtime.mqtt;

import static dev.outpost.runtime.mqtt.BrokerLinkTest.FAST;
import static dev.outpost.runtime.mqtt.BrokerLinkTest.await;
import static dev.outpost.runtime.mqtt.BrokerLinkTest.gateway;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostileBrokerTest {

    /** The full count is {@code -Doutpost.reconnects=10000}. */
    private static final int RECONNECTS = Integer.getInteger("outpost.reconnects", 21);

    @ParameterizedTest
    @EnumSource(names = {"SILENT", "RESETTING", "OVERSIZE", "BABBLING", "REFUSING", "CLOSING"})
    void survivesWithoutLeakingAThread(HostileBroker.Kind kind) throws IOException {
        int attempts = Math.max(3, RECONNECTS / 20);
        try (var broker = new HostileBroker(kind)) {
            try (var gateway = gateway(settings(broker))) {
                var link = gateway.link("hostile").orElseThrow();
                gateway.start();
                await(() -> link.status().attempts() >= attempts);
                assertTrue(link.status().lastFailure().isPresent());
            }
            await(() -> pahoThreads() == 0);
        }
    }

    @Test
    void leaksNoThreadAndLittleHeapOverManyReconnects() throws IOException {
        var kinds = HostileBroker.Kind.values();
        try (var broker = new HostileBroker(kinds[0]); var gateway = gateway(settings(broker))) {
            var link = gateway.link("hostile").orElseThrow();
            gateway.start();
            await(() -> link.status().attempts() >= 5);
            long before = heap();
            for (int i = 0; i < RECONNECTS; i++) {
                long attempts = link.status().attempts();
                broker.become(kinds[i % kinds.length]);
                await(() -> link.status().attempts() > attempts);
                if (kinds[i % kinds.length] == HostileBroker.Kind.DEAF) {
                    tryPublish(link);
                }
            }
            assertTrue(pahoThreads() <= 8, "threads=" + pahoThreads());
            long growth = heap() - before;
            assertTrue(growth <= 5 << 20, "heap grew by " + growth + " bytes");
        }
        await(() -> pahoThreads() == 0);
    }

    @Test
    void endsAConnectionThatAcknowledgesNothing() throws IOException {
        try (var broker = new HostileBroker(HostileBroker.Kind.DEAF); var gateway = gateway(settings(broker))) {
            var link = gateway.link("hostile").orElseThrow();
            gateway.start();
            await(() -> link.status().state() == LinkStatus.State.CONNECTED);
            var published = link.publish(MqttOutgoing.of("a", new byte[1], 1, false));
            assertThrows(CompletionException.class, published::join);
            await(() -> link.status().connects() >= 2);
        }
    }

    @Test
    void neverConnectsMoreOftenThanTheShippedDefaultsAllow() throws IOException, InterruptedException {
        try (var broker = new HostileBroker(HostileBroker.Kind.CLOSING);
                var gateway = gateway(LinkSettings.of("hostile", "127.0.0.1", broker.port(), "h").withPace(
                        new PaceSettings(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(20),
                                PaceSettings.DEFAULT.connectsPerMinute())))) {
            gateway.start();
            var link = gateway.link("hostile").orElseThrow();
            await(() -> link.status().attempts() == 10);
            Thread.sleep(1_500);
            assertEquals(10, link.status().attempts(), "the eleventh waits for the minute to pass");
        }
    }

    private static void tryPublish(MqttPort link) {
        link.publish(MqttOutgoing.of("a", new byte[10], 1, false));
    }

    private static LinkSettings settings(HostileBroker broker) {
        return LinkSettings.of("hostile", "127.0.0.1", broker.port(), "hostile-client").withPace(FAST)
                .withDeadlines(Duration.ofSeconds(2), Duration.ofMillis(600), Duration.ofMillis(600));
    }

    private static long pahoThreads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("MQTT ") && name.contains("hostile-client")).count();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
