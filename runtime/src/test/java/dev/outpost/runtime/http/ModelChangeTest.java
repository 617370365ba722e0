package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.EngineFaultException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One listener, several models one after the other. */
class ModelChangeTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String DIGEST = "ab".repeat(32);
    private static final ModelLabel NEXT = new ModelLabel("next", Instant.EPOCH, Optional.of(DIGEST));
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void theModelListFollowsWithNameAndDigest() throws Exception {
        try (ApiFixture api = ApiFixture.serving()) {
            assertFalse(api.get("/v1/models").body().contains("digest"));
            api.server.serve(new FakeEngine(2), NEXT);
            assertEquals("next", ApiFixture.at(api.get("/v1/models").body(), "data.0.id").text());
            assertEquals(DIGEST, ApiFixture.at(api.get("/v1/models").body(), "data.0.meta.digest").text());
            assertEquals(200, api.get("/v1/models/next").statusCode());
            assertEquals(404, api.get("/v1/models/echo").statusCode());
            assertTrue(api.get("/metrics").body()
                    .contains("outpost_model_served{digest=\"" + DIGEST + "\",model=\"next\"} 1"));
        }
    }

    @Test
    void aRequestInFlightEndsOnTheModelItFoundAndHoldsItUntilThen() throws Exception {
        try (ApiFixture api = ApiFixture.serving(1, settings -> settings)) {
            api.engine.perToken = Duration.ofMillis(50);
            Socket running = api.raw(ApiFixture.wire(CHAT, ApiFixture.chat("abcdefgh", "\"stream\":true")));
            ApiFixture.until(PATIENCE, () -> api.engine.running.get() == 1);
            var next = new FakeEngine(1);
            api.server.serve(next, NEXT);

            assertFalse(api.server.awaitIdle(api.engine, Duration.ZERO));
            assertEquals(200, api.post(CHAT, body("new")).statusCode());
            assertTrue(next.generated.get() > 1, "a new request meets the new model");
            String answer = read(running);
            assertTrue(answer.contains("[DONE]") && answer.contains("\"model\":\"echo\""), answer);
            assertTrue(api.server.awaitIdle(api.engine, PATIENCE));
        }
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions", "/v1/completions", "/v1/embeddings"})
    void whileNoneServesEveryRouteSaysThatAModelIsLoading(String path) throws Exception {
        try (ApiFixture api = ApiFixture.serving()) {
            api.server.suspend();
            HttpResponse<String> refused = api.post(path, "{}");
            assertEquals(503, refused.statusCode());
            assertEquals("model_loading", ApiFixture.at(refused.body(), "error.code").text());
            assertEquals("2", refused.headers().firstValue("retry-after").orElse(""));
            assertEquals(503, api.get("/health/ready").statusCode());
            assertEquals(200, api.get("/health/live").statusCode());
            assertTrue(api.get("/metrics").body().contains("outpost_model_loaded 0"));
            assertFalse(api.server.ready());
            api.server.serve(api.engine);
            assertTrue(api.server.ready());
        }
    }

    @Test
    void aClientThatIsSlowToSendItsBodyHoldsNoModelUp() throws Exception {
        try (ApiFixture api = ApiFixture.serving()) {
            Socket slow = api.raw("POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{");
            api.server.serve(new FakeEngine(1), NEXT);
            assertTrue(api.server.awaitIdle(api.engine, Duration.ZERO));
            slow.close();
        }
    }

    @Test
    void countersNeverFallWhenTheModelChanges() throws Exception {
        try (ApiFixture api = ApiFixture.serving()) {
            api.post(CHAT, ApiFixture.chat("abc", ""));
            double before = generated(api);
            api.server.serve(new FakeEngine(1), NEXT);
            assertTrue(api.server.awaitIdle(api.engine, PATIENCE));
            api.engine.generated.set(0);
            assertTrue(generated(api) >= before && before > 0, "before=" + before + ", after=" + generated(api));
        }
    }

    @Test
    void aDrainingListenerStaysDrainingWhateverModelComes() throws Exception {
        try (ApiFixture api = ApiFixture.serving()) {
            assertTrue(api.server.drain(PATIENCE));
            api.server.serve(new FakeEngine(1), NEXT);
            HttpResponse<String> refused = api.post(CHAT, body("x"));
            assertEquals("draining", ApiFixture.at(refused.body(), "error.code").text());
        }
    }

    @Test
    void faultsOfTheEngineAreToldAndErrorsOfClientsAreNot() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (ApiFixture api = ApiFixture.serving(1, settings -> settings)) {
            api.server.serve(api.engine, NEXT);
            api.server.onAnswered((model, ok) -> told.add(model.digest().orElseThrow() + ok));
            api.post(CHAT, body("fine"));
            api.post(CHAT, "{\"model\":\"next\"}");
            api.post(CHAT, "{\"model\":\"another\",\"messages\":[]}");
            api.post(CHAT, "no json");
            api.engine.failure = Optional.of(new EngineFaultException("non_finite_logits", "layer=3", null));
            api.post(CHAT, body("broken"));
            api.engine.failAfter = 2;
            api.post(CHAT, body("broken late").replace("\"model\"", "\"stream\":true,\"model\""));
            assertEquals(List.of(DIGEST + true, DIGEST + false, DIGEST + false), told);
        }
    }

    private static String body(String text) {
        return ApiFixture.chat(text, "").replace("\"echo\"", "\"next\"");
    }

    private static double generated(ApiFixture api) throws Exception {
        return api.get("/metrics").body().lines().filter(line -> line.startsWith("outpost_generated_tokens_total "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1])).findFirst().orElseThrow();
    }

    private static String read(Socket socket) throws Exception {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.toString().contains("[DONE]")) {
            int read = socket.getInputStream().read(buffer);
            if (read < 0) {
                break;
            }
            text.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
        }
        socket.close();
        return text.toString();
    }
}
