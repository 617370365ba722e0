package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.supervise.Readiness;
import dev.outpost.runtime.supervise.StopSignal;
import dev.outpost.runtime.update.UpdateGround;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A serving process as hosts of the site see it: real models, a real listener, a real broker. */
class SparkplugServingTest {

    private static final String ROOT = "spBv1.0/plant/";

    @TempDir
    static Path directory;
    private static EmbeddedBroker broker;
    private static MqttGateway host;
    private static final List<MqttIncoming> HEARD = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void listen() throws IOException {
        broker = new EmbeddedBroker(directory.resolve("broker"));
        host = new MqttGateway(List.of(LinkSettings.of("host", "127.0.0.1", broker.port(), "scada")),
                RandomGenerator.getDefault());
        host.link("host").orElseThrow().subscribe("spBv1.0/#", 1, HEARD::add);
        host.start();
        await(() -> host.status().get("host").state() == LinkStatus.State.CONNECTED);
    }

    @AfterAll
    static void close() {
        host.close();
        broker.close();
    }

    @Test
    void hostsSeeModelsAnswersAndChoicesAndMayChoose() throws Exception {
        Path state = directory.resolve("state-choosing");
        store(state, Map.of("alpha", "llama"));
        store(state, Map.of("beta", "qwen2"));
        try (var serving = new Serving(state, "press", broker.port())) {
            var node = heard("NBIRTH/press", any -> true);
            assertTrue(
                    names(node).containsAll(List.of("bdSeq", "Node Control/Rebirth", "Runtime/Version", "Temperature",
                            "Memory/Resident", "Update/State", "Model/Select")),
                    names(node).toString());
            heard("N(BIRTH|DATA)/press", payload -> text(payload, "Model/Select").equals("alpha"));
            var model = heard("DBIRTH/press/tiny-llama", any -> true);
            assertTrue(names(model).containsAll(List.of("Name", "Digest", "Tokens/Rate", "Tokens/Generated",
                    "Queue/Waiting", "Requests/Answered", "Requests/Median", "Requests/Slow", "First Token/Median")),
                    names(model).toString());
            assertEquals(64, text(model, "Digest").length());

            assertEquals(200, serving.ask());
            heard("DDATA/press/tiny-llama", payload -> whole(payload, "Requests/Answered") == 1);
            heard("DDATA/press/tiny-llama", payload -> whole(payload, "Tokens/Generated") > 0);

            select("press", "gamma");
            select("press", "beta");
            heard("DBIRTH/press/tiny-qwen2", any -> true);
            heard("DDEATH/press/tiny-llama", any -> true);
            heard("NDATA/press", payload -> text(payload, "Model/Select").equals("beta"));
            assertEquals(200, serving.ask());
        }
        heard("NDEATH/press", any -> true);
    }

    @Test
    void answersTheSameWithoutABrokerAndTellsOfItLater() throws Exception {
        Path state = directory.resolve("state-alone");
        store(state, Map.of("alpha", "llama"));
        try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var serving = new Serving(state, "alone", nobody.getLocalPort())) {
            assertEquals(200, serving.ask());
            assertTrue(serving.waitsForSparkplug(10));
            assertEquals(200, serving.ask());
            assertTrue(serving.waitsForSparkplug(10));
        }
        try (var serving = new Serving(state, "alone", broker.port())) {
            heard("DBIRTH/alone/tiny-llama", any -> true);
            // one message may tell of several moments
            var past = heard("DDATA/alone/tiny-llama", payload -> wholes(payload, "Requests/Answered").contains(2L));
            assertTrue(past.getMetricsList().stream().allMatch(Payload.Metric::getIsHistorical));
            assertEquals(200, serving.ask());
        }
    }

    /** Puts models into a store by name and architecture, the first one active. */
    private static void store(Path state, Map<String, String> models) {
        UpdateGround ground = UpdateGround.open(state, Release.BUILT);
        models.forEach((name, architecture) -> {
            byte[] bytes = TinyModel.of(architecture, QuantType.Q8_0).withContext(256).bytes();
            ground.store().importFile(SignedModels.source(bytes), new ModelOrigin.Operator("factory"),
                    Optional.of(name), _ -> {});
            if (ground.pointer().current().isEmpty()) {
                ground.pointer().choose(ContentDigest.of(bytes));
            }
        });
    }

    private static void select(String node, String model) {
        var payload = Payload.newBuilder().setTimestamp(System.currentTimeMillis())
                .addMetrics(Payload.Metric.newBuilder().setName("Model/Select").setStringValue(model)).build();
        host.link("host").orElseThrow()
                .publish(MqttOutgoing.of(ROOT + "NCMD/" + node, payload.toByteArray(), 0, false)).join();
    }

    private static Payload heard(String topic, Predicate<Payload> wanted) {
        var found = new AtomicReference<Payload>();
        await(() -> HEARD.stream().filter(message -> message.topic().matches(ROOT + topic))
                .map(SparkplugServingTest::payload).filter(wanted).peek(found::set).findFirst().isPresent());
        return found.get();
    }

    private static Payload payload(MqttIncoming message) {
        try {
            return Payload.parseFrom(message.payload());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(message.topic(), e);
        }
    }

    private static List<String> names(Payload payload) {
        return payload.getMetricsList().stream().map(Payload.Metric::getName).toList();
    }

    private static String text(Payload payload, String name) {
        return payload.getMetricsList().stream().filter(metric -> metric.getName().equals(name))
                .map(Payload.Metric::getStringValue).findFirst().orElse("");
    }

    private static long whole(Payload payload, String name) {
        return wholes(payload, name).stream().findFirst().orElse(-1L);
    }

    private static List<Long> wholes(Payload payload, String name) {
        return payload.getMetricsList().stream().filter(metric -> metric.getName().equals(name))
                .map(Payload.Metric::getLongValue).toList();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "condition did not come true within 60 s");
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** One life of {@code outpost serve}. */
    private static final class Serving implements AutoCloseable {

        private static final Duration INTERVAL = Duration.ofMillis(50);

        private final int port;
        private final StopSignal stop = new StopSignal(status -> {}, Duration.ofSeconds(30));
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;
        private final HttpClient client = HttpClient.newHttpClient();

        Serving(Path state, String node, int brokerPort) throws IOException {
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            var surroundings = new Surroundings(Path.of("/"), Map.of(), directory, Optional.empty(), Optional.empty());
            var flags = new HashMap<>(Map.of("server.port", "" + port, "state.directory", state.toString(),
                    "engine.threads", "1", "engine.memory-budget", "2GiB", "link.site.url",
                    "mqtt://127.0.0.1:" + brokerPort, "link.site.backoff-first", "10ms", "sparkplug.enabled", "true"));
            flags.putAll(Map.of("sparkplug.group", "plant", "sparkplug.node", node, "sparkplug.interval",
                    INTERVAL.toMillis() + "ms"));
            var setup = new EngineSetup(surroundings).setup(Optional.empty(), flags);
            var run = new ServeRun(setup, surroundings, new Readiness(Optional.empty()), stop);
            thread = Thread.ofPlatform().daemon().name("serve").start(() -> {
                try {
                    run.run();
                } catch (RuntimeException | InterruptedException | Error e) {
                    failure.set(e);
                }
            });
        }

        /** Waits until it answers, and has it answer. */
        int ask() throws InterruptedException {
            var status = new AtomicReference<>(0);
            await(() -> {
                assertFalse(failure.get() != null, () -> "serve ended: " + failure.get());
                status.set(post());
                return status.get() != 0 && status.get() != 503;
            });
            return status.get();
        }

        /** Lets the edge node look a few more times. */
        boolean waitsForSparkplug(int looks) throws InterruptedException {
            return !thread.join(INTERVAL.multipliedBy(looks));
        }

        private int post() {
            try {
                return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                        .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"default\",\"prompt\":\"a\",\"max_tokens\":4,\"ignore_eos\":true}"))
                        .build(), HttpResponse.BodyHandlers.ofString()).statusCode();
            } catch (IOException e) {
                return 0;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            stop.ask();
            try {
                assertTrue(thread.join(Duration.ofSeconds(30)), "serve does not stop");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertEquals(null, failure.get());
        }
    }
}
