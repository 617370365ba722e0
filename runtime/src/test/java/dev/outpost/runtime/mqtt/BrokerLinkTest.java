package dev.outpost.runtime.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links against a broker that runs in this JVM. */
class BrokerLinkTest {

    static final PaceSettings FAST = new PaceSettings(Duration.ofMillis(20), Duration.ofMillis(200),
            Duration.ofSeconds(1), 10_000);

    @TempDir
    static Path directory;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = new EmbeddedBroker(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void deliversWithAllPropertiesAtQosOne() throws InterruptedException {
        try (var gateway = gateway(settings("alpha"))) {
            var link = gateway.link("alpha").orElseThrow();
            var arrived = new LinkedBlockingQueue<MqttIncoming>();
            link.subscribe("t/+/req", 1, arrived::add);
            gateway.start();
            await(() -> link.status().state() == LinkStatus.State.CONNECTED);
            link.publish(MqttOutgoing.of("t/1/req", bytes("body"), 1, false).expiringIn(Duration.ofSeconds(30))
                    .answerTo("t/1/res", bytes("42"))).join();
            var message = arrived.poll(5, TimeUnit.SECONDS);
            assertArrayEquals(bytes("body"), message.payload());
            assertEquals("t/1/res", message.responseTopic().orElseThrow());
            assertArrayEquals(bytes("42"), message.correlation().orElseThrow());
        }
    }

    @Test
    void refusesToPublishWithoutAConnection() throws IOException {
        try (var gateway = gateway(LinkSettings.of("nowhere", "127.0.0.1", EmbeddedBroker.freePort(), "n")
                .withPace(FAST))) {
            gateway.start();
            var future = gateway.link("nowhere").orElseThrow().publish(MqttOutgoing.of("a", bytes("b"), 1, false));
            var failure = assertThrows(CompletionException.class, future::join);
            assertTrue(failure.getCause() instanceof LinkException);
        }
    }

    @Test
    void comesBackAfterTheBrokerRestartedThoughItOffersTopicAliases() throws InterruptedException, IOException {
        var own = Path.of(directory.toString(), "restarting");
        try (var restarting = new EmbeddedBroker(own);
                var gateway = gateway(LinkSettings.of("r", "127.0.0.1", restarting.port(), "restarted")
                        .withPace(FAST))) {
            var link = gateway.link("r").orElseThrow();
            var arrived = new LinkedBlockingQueue<MqttIncoming>();
            var connects = new AtomicInteger();
            link.subscribe("x/#", 1, arrived::add);
            link.onConnected(connects::incrementAndGet);
            gateway.start();
            for (int round = 1; round <= 2; round++) {
                int expected = round;
                await(() -> connects.get() == expected);
                for (int i = 0; i < 50; i++) {
                    link.publish(MqttOutgoing.of("x/" + i % 3, bytes("m" + i), 1, false)).join();
                }
                for (int i = 0; i < 50; i++) {
                    assertEquals("m" + i, text(arrived.poll(5, TimeUnit.SECONDS)));
                }
                if (round == 1) {
                    restarting.stop();
                    await(() -> link.status().state() != LinkStatus.State.CONNECTED);
                    restarting.start();
                }
            }
        }
    }

    @Test
    void publishesItsWillWhenCutAndNotWhenClosed() throws InterruptedException {
        try (var watcher = gateway(settings("watcher"))) {
            var wills = new LinkedBlockingQueue<MqttIncoming>();
            watcher.link("watcher").orElseThrow().subscribe("presence/#", 1, wills::add);
            watcher.start();
            await(() -> watcher.link("watcher").orElseThrow().status().state() == LinkStatus.State.CONNECTED);
            var will = MqttOutgoing.of("presence/device", bytes("gone"), 1, false);
            for (boolean cut : new boolean[]{false, true}) {
                try (var device = gateway(settings("device").withWill(will))) {
                    device.start();
                    await(() -> device.link("device").orElseThrow().status().state() == LinkStatus.State.CONNECTED);
                    if (cut) {
                        assertEquals("gone", steal(wills));
                    }
                }
            }
            assertEquals(0, wills.size());
        }
    }

    @Test
    void keepsNoMoreInFlightThanTheBrokerTakes() {
        try (var gateway = gateway(settings("burst"))) {
            var link = gateway.link("burst").orElseThrow();
            gateway.start();
            await(() -> link.status().state() == LinkStatus.State.CONNECTED);
            var all = new java.util.ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 2_000; i++) {
                all.add(link.publish(MqttOutgoing.of("burst/x", new byte[100], 1, false)));
            }
            all.forEach(CompletableFuture::join);
            assertEquals(1, link.status().connects());
        }
    }

    /** Takes the device's client id over, so that the broker cuts it. */
    private static String steal(LinkedBlockingQueue<MqttIncoming> wills) throws InterruptedException {
        try (var thief = gateway(settings("thief", "device"))) {
            thief.start();
            return text(wills.poll(5, TimeUnit.SECONDS));
        }
    }

    static MqttGateway gateway(LinkSettings... links) {
        return new MqttGateway(List.of(links), RandomGenerator.of("L64X128MixRandom"));
    }

    private static LinkSettings settings(String name) {
        return settings(name, name);
    }

    private static LinkSettings settings(String name, String clientId) {
        return LinkSettings.of(name, "127.0.0.1", broker.port(), clientId).withPace(FAST);
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "condition did not come true within 60 s");
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(MqttIncoming message) {
        return new String(message.payload(), StandardCharsets.UTF_8);
    }
}
