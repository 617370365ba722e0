package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.fleet.hub.RolloutDesk;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.HostileBroker;
import dev.outpost.runtime.supervise.Readiness;
import dev.outpost.runtime.supervise.StopSignal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of {@code serve} as a device of a fleet: a real engine, a real listener, a real broker and hub. */
class FleetServingTest {

    @TempDir
    Path files;

    @Test
    void reportsWhatItServesAnswersWhileTheBrokerIsAwayAndLeavesWhenItsOwnerSaysSo() throws Exception {
        try (var broker = new EmbeddedBroker(files.resolve("broker"));
                var site = new TestSite(files, "mqtt://127.0.0.1:" + broker.port())) {
            site.open(broker.port());
            var serving = new Serving(flags(site.claim("box-1")));
            assertEquals(200, serving.ask());
            Programs.await(30, "report",
                    () -> site.database.devices().find("box-1").orElseThrow().report().isPresent());
            DeviceReport report = RolloutDesk
                    .report(site.database.devices().find("box-1").orElseThrow().report().orElseThrow()).orElseThrow();
            assertTrue(!report.tier().equals("none"), report.tier());
            Programs.await(30, "metrics of the engine", () -> site.database.telemetry().newest("box-1", 200).stream()
                    .anyMatch(record -> record.json().contains("generatedTokens")
                            && record.json().contains("\"count\":1")));

            broker.stop();
            assertEquals(200, serving.ask());
            broker.start();
            Programs.await(30, "back", () -> site.database.devices().find("box-1").orElseThrow().online());

            site.command("box-1", Command.Operation.WIPE);
            serving.awaitEnd();
            assertTrue(!Files.exists(files.resolve("state/identity/key.pem")), "nobody's device");
        }
    }

    @Test
    void startsAnswersAndStopsBesideABrokerThatSaysNothing() throws Exception {
        try (var broker = new HostileBroker(HostileBroker.Kind.SILENT);
                var site = new TestSite(files, "mqtt://127.0.0.1:" + broker.port())) {
            var serving = new Serving(flags(site.claim("box-1")));
            assertEquals(200, serving.ask());
            for (var kind : HostileBroker.Kind.values()) {
                broker.become(kind);
                assertEquals(200, serving.ask());
            }
            serving.stop.ask();
            serving.awaitEnd();
        }
    }

    private Map<String, String> flags(Path claim) throws IOException {
        Map<String, String> flags = TestDevice.settings(files.resolve("state"), "box-1");
        flags.put("fleet.claim", claim.toString());
        flags.put("fleet.carriers", "mqtt");
        flags.put("model.file",
                TinyModel.of("llama", QuantType.Q8_0).withContext(256).write(files.resolve("tiny.gguf")).toString());
        flags.put("engine.threads", "1");
        flags.put("engine.memory-budget", "2GiB");
        return flags;
    }

    private final class Serving {

        private final int port = Programs.freePort();
        private final StopSignal stop = new StopSignal(status -> {}, Duration.ofSeconds(30));
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final HttpClient client = HttpClient.newHttpClient();
        private final Thread thread;

        Serving(Map<String, String> flags) {
            flags.put("server.port", Integer.toString(port));
            var surroundings = new Surroundings(Path.of("/"), Map.of(), files, Optional.empty(), Optional.empty());
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
        int ask() {
            var status = new AtomicReference<>(0);
            Programs.await(60, "an answer, serve ended by " + failure.get(), () -> {
                status.set(post());
                return failure.get() != null || status.get() != 0 && status.get() != 503;
            });
            return status.get();
        }

        void awaitEnd() throws InterruptedException {
            assertTrue(thread.join(Duration.ofSeconds(40)), "serve does not end");
            assertEquals(null, failure.get());
        }

        private int post() {
            try {
                return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                        .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"default\",\"prompt\":\"a\",\"max_tokens\":4,\"ignore_eos\":true}"))
                        .build(), HttpResponse.BodyHandlers.ofString()).statusCode();
            } catch (IOException notYet) {
                return 0;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
