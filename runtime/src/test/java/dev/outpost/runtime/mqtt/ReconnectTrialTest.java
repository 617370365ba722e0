package dev.outpost.runtime.mqtt;

import static dev.outpost.runtime.mqtt.BrokerLinkTest.await;
import static dev.outpost.runtime.mqtt.BrokerLinkTest.gateway;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.Programs;
import dev.outpost.runtime.Trials;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One link, connected over and over; 200 times here, 10,000 with {@code -Doutpost.trials=full}. */
class ReconnectTrialTest {

    private static final int RECONNECTS = Trials.full() ? 10_000 : 200;
    private static final int WARM_UP = 40;
    private static final long MOST_GROWTH = 5 << 20;
    /** Patient enough to connect on a busy machine, impatient with those who never answer. */
    private static final PaceSettings PACE = new PaceSettings(Duration.ofMillis(1), Duration.ofMillis(4),
            Duration.ofMillis(1), 10_000_000);
    private static final List<HostileBroker.Kind> HOSTILE = List.of(HostileBroker.Kind.OVERSIZE,
            HostileBroker.Kind.BABBLING, HostileBroker.Kind.REFUSING, HostileBroker.Kind.CLOSING);

    /** Kept, or the level would be forgotten with it: the client library reports each lost connection with its stack. */
    private static final Logger PAHO = Logger.getLogger("org.eclipse.paho.mqttv5.client");

    @TempDir
    Path directory;

    @BeforeAll
    static void quiet() {
        PAHO.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        PAHO.setLevel(null);
    }

    @Test
    void leaksNoThreadAndNoHeapAtAGoodBroker() throws IOException {
        try (var broker = new EmbeddedBroker(directory);
                var proxy = new FlakyProxy(broker.port());
                var gateway = gateway(settings(proxy.port(), Duration.ofSeconds(5)))) {
            var link = gateway.link("trial").orElseThrow();
            link.subscribe("t/+", 1, message -> {});
            gateway.start();
            count("good", link, () -> {
                long connects = link.status().connects();
                Programs.await(60, "connected", () -> link.status().state() == LinkStatus.State.CONNECTED);
                link.publish(MqttOutgoing.of("t/x", new byte[100], 1, false));
                proxy.become(FlakyProxy.Fault.RESET);
                proxy.become(FlakyProxy.Fault.NONE);
                Programs.await(60, "connected again", () -> link.status().connects() > connects);
            });
        }
    }

    @Test
    void leaksNoThreadAndNoHeapAtASilentBroker() throws IOException {
        hostile("silent", List.of(HostileBroker.Kind.SILENT), Duration.ofMillis(30));
    }

    @Test
    void leaksNoThreadAndNoHeapAtAResettingBroker() throws IOException {
        hostile("resetting", List.of(HostileBroker.Kind.RESETTING), Duration.ofSeconds(5));
    }

    @Test
    void leaksNoThreadAndNoHeapAtAHostileBroker() throws IOException {
        hostile("hostile", HOSTILE, Duration.ofSeconds(5));
    }

    private static void hostile(String name, List<HostileBroker.Kind> kinds, Duration deadline) throws IOException {
        try (var broker = new HostileBroker(kinds.getFirst());
                var gateway = gateway(settings(broker.port(), deadline))) {
            var link = gateway.link("trial").orElseThrow();
            gateway.start();
            int[] turn = {0};
            count(name, link, () -> {
                broker.become(kinds.get(turn[0]++ % kinds.size()));
                long attempts = link.status().attempts();
                Programs.await(60, "tried again", () -> link.status().attempts() > attempts);
            });
        }
    }

    private static void count(String name, MqttPort link, Runnable once) {
        for (int i = 0; i < WARM_UP; i++) {
            once.run();
        }
        long before = heap();
        long threadsBefore = threads();
        long since = System.nanoTime();
        long from = link.status().attempts();
        while (link.status().attempts() - from < RECONNECTS / 4) {
            once.run();
        }
        long seconds = (System.nanoTime() - since) / 1_000_000_000L;
        long growth = heap() - before;
        await(() -> threads() <= threadsBefore + 4);
        Trials.row("reconnects", "| broker | reconnects | seconds | heap growth, KiB | threads before | after |", name,
                link.status().attempts() - from, seconds, growth >> 10, threadsBefore, threads());
        assertTrue(growth <= MOST_GROWTH, "heap grew by " + growth + " bytes");
    }

    private static LinkSettings settings(int port, Duration deadline) {
        return LinkSettings.of("trial", "127.0.0.1", port, "trial-client").withPace(PACE).withDeadlines(
                Duration.ofSeconds(5), deadline, Duration.ofSeconds(5));
    }

    /** Threads of the client library and of the link. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.contains("trial")).count();
    }

    private static long heap() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
