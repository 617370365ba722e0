package dev.outpost.runtime.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads and waits of a link at its limits. */
class BrokerLinkLimitsTest {

    @TempDir
    static Path directory;

    @Test
    void closesAtOnceThoughTheBrokerSaysNothing() throws IOException {
        try (var silent = new HostileBroker(HostileBroker.Kind.SILENT)) {
            var gateway = BrokerLinkTest.gateway(LinkSettings.of("silent", "127.0.0.1", silent.port(), "waiting")
                    .withPace(BrokerLinkTest.FAST));
            gateway.start();
            var link = gateway.link("silent").orElseThrow();
            BrokerLinkTest.await(() -> link.status().bytesOut() > 0);
            long began = System.nanoTime();
            gateway.close();
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 3_000, "millis=" + millis);
            assertEquals(LinkStatus.State.CLOSED, link.status().state());
        }
    }

    @Test
    void doesNotTakeItsOwnRateLimitForADeafBroker() throws IOException {
        try (var broker = new EmbeddedBroker(directory.resolve("slow"));
                var gateway = BrokerLinkTest.gateway(LinkSettings.of("slow", "127.0.0.1", broker.port(), "slow")
                        .withPace(BrokerLinkTest.FAST).withBytesPerSecond(16 << 10)
                        .withDeadlines(Duration.ofSeconds(30), Duration.ofSeconds(15), Duration.ofSeconds(1)))) {
            gateway.start();
            var link = gateway.link("slow").orElseThrow();
            BrokerLinkTest.await(() -> link.status().state() == LinkStatus.State.CONNECTED);
            var all = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 8; i++) {
                all.add(link.publish(MqttOutgoing.of("slow/x", new byte[8 << 10], 1, false)));
            }
            all.forEach(CompletableFuture::join);
            assertEquals(1, link.status().connects());
        }
    }

    @Test
    void neverDropsAnActionForWhatABrokerFloods() throws InterruptedException {
        var dropped = new AtomicLong();
        var open = new CountDownLatch(1);
        var ran = new CountDownLatch(1);
        try (var inbox = new Inbox("flooded", dropped)) {
            var message = new MqttIncoming("t", new byte[1 << 20], 0, false, Optional.empty(), Optional.empty(),
                    Map.of());
            for (int i = 0; i < 100; i++) {
                inbox.arrived(message, any -> awaitQuietly(open));
            }
            inbox.run(ran::countDown);
            assertTrue(dropped.get() >= 90, "dropped=" + dropped);
            open.countDown();
            assertTrue(ran.await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void goesOnAfterAHandlerThatThrowsAnError() throws InterruptedException {
        var ran = new CountDownLatch(3);
        var calls = new AtomicInteger();
        try (var inbox = new Inbox("failing", new AtomicLong())) {
            var message = new MqttIncoming("t", new byte[0], 0, false, Optional.empty(), Optional.empty(), Map.of());
            for (int i = 0; i < 3; i++) {
                inbox.arrived(message, any -> {
                    ran.countDown();
                    switch (calls.getAndIncrement()) {
                        case 0 -> throw new StackOverflowError("on purpose");
                        case 1 -> throw new IllegalStateException("on purpose");
                        default -> {
                        }
                    }
                });
            }
            assertTrue(ran.await(10, TimeUnit.SECONDS));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
