package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.EngineFaultException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Full queues, start, drain, broken engines. */
class OverloadTest {

    private static final String CHAT = "/v1/chat/completions";

    @Test
    void refusesAFullQueueWithin10MillisecondsAndRetryAfter() throws Exception {
        try (ApiFixture api = ApiFixture.serving(1, settings -> settings.withQueueLimit(3))) {
            List<Socket> held = fill(api, 3, "normal");
            api.post(CHAT, ApiFixture.chat("x", ""));
            var millis = new double[50];
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                HttpResponse<String> response = api.post(CHAT, ApiFixture.chat("x", ""));
                millis[i] = (System.nanoTime() - start) / 1e6;
                assertEquals(429, response.statusCode(), response.body());
                assertEquals("rate_limit_error", ApiFixture.at(response.body(), "error.type").text());
                int seconds = Integer.parseInt(response.headers().firstValue("retry-after").orElseThrow());
                assertTrue(seconds >= 1 && seconds <= 8);
            }
            Arrays.sort(millis);
            System.getLogger(OverloadTest.class.getName()).log(System.Logger.Level.INFO, "429 median {0} ms",
                    millis[25]);
            assertTrue(millis[25] <= 10, "429 median over " + millis[25] + " ms");
            close(held);
        }
    }

    @Test
    void leavesRoomForAnotherClientAndAnotherClass() throws Exception {
        try (ApiFixture api = ApiFixture.serving(1, settings -> settings.withQueueLimit(3))) {
            List<Socket> held = fill(api, 3, "normal");
            String stream = "\"stream\":true,\"max_tokens\":1";
            assertEquals(429, api.post(CHAT, ApiFixture.chat("x", stream)).statusCode());
            held.addAll(fill(api, 1, "normal\",\"user\":\"other"));
            held.addAll(fill(api, 1, "alarm"));
            close(held);
        }
    }

    @Test
    void saysABadBodyBeforeAFullQueue() throws Exception {
        try (ApiFixture api = ApiFixture.serving(1, settings -> settings.withQueueLimit(1))) {
            List<Socket> held = fill(api, 2, "normal");
            assertEquals(400, api.post(CHAT, "{").statusCode());
            assertEquals(400, api.post(CHAT, ApiFixture.chat("x", "\"n\":\"many\"")).statusCode());
            assertEquals(429, api.post(CHAT, ApiFixture.chat("x", "")).statusCode());
            close(held);
        }
    }

    @Test
    void isAliveButNotReadyBeforeTheModel() throws Exception {
        try (var api = new ApiFixture(1, settings -> settings)) {
            assertEquals(200, api.get("/health/live").statusCode());
            for (String path : List.of("/health/ready", "/health", "/v1/models")) {
                HttpResponse<String> response = api.get(path);
                assertEquals(503, response.statusCode());
                assertEquals("model_loading", ApiFixture.at(response.body(), "error.code").text());
                assertTrue(response.headers().firstValue("retry-after").isPresent());
            }
            assertEquals(503, api.post(CHAT, ApiFixture.chat("x", "")).statusCode());
            assertFalse(api.server.ready());
            api.server.serve(api.engine);
            assertTrue(api.server.ready());
            assertEquals(200, api.get("/health/ready").statusCode());
            assertEquals(200, api.get("/health").statusCode());
        }
    }

    @Test
    void staysNotReadyWhenTheSelfTestFails() throws Exception {
        try (var api = new ApiFixture(1, settings -> settings)) {
            api.engine.failure = Optional.of(new EngineFaultException("non_finite_logits", "layer=3", null));
            assertThrows(EngineFaultException.class, () -> api.server.serve(api.engine));
            assertEquals(503, api.get("/health/ready").statusCode());
        }
    }

    @Test
    void letsRequestsInFlightEndWhileItDrains() throws Exception {
        try (ApiFixture api = ApiFixture.serving(1, settings -> settings)) {
            api.engine.prefill = Duration.ofMillis(500);
            Socket running = api.raw(ApiFixture.wire(CHAT, ApiFixture.chat("abc", "")));
            ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.running.get() == 1);
            Thread drain = Thread.ofVirtual().start(() -> assertDrained(api));
            ApiFixture.until(Duration.ofSeconds(5), () -> !api.server.ready());
            HttpResponse<String> refused = api.post(CHAT, ApiFixture.chat("x", ""));
            assertEquals(503, refused.statusCode());
            assertEquals("draining", ApiFixture.at(refused.body(), "error.code").text());
            assertEquals(503, api.get("/health/ready").statusCode());
            assertEquals(200, api.get("/health/live").statusCode());
            var answer = new byte[12];
            running.getInputStream().readNBytes(answer, 0, 12);
            assertEquals("HTTP/1.1 200", new String(answer));
            drain.join();
            running.close();
        }
    }

    @Test
    void answersAnEngineFaultWith500AndAnEventMidStream() throws Exception {
        try (ApiFixture api = ApiFixture.serving(1, settings -> settings)) {
            api.engine.failure = Optional.of(new EngineFaultException("non_finite_logits", "layer=3", null));
            HttpResponse<String> whole = api.post(CHAT, ApiFixture.chat("x", ""));
            assertEquals(500, whole.statusCode());
            assertEquals("engine_fault", ApiFixture.at(whole.body(), "error.code").text());
            HttpResponse<String> early = api.post(CHAT, ApiFixture.chat("x", "\"stream\":true"));
            assertEquals(500, early.statusCode());
            api.engine.failAfter = 3;
            HttpResponse<String> late = api.post(CHAT, ApiFixture.chat("abcdef", "\"stream\":true"));
            assertEquals(200, late.statusCode());
            List<String> events = List.of(late.body().split("\n\n"));
            assertEquals(5, events.size(), late.body());
            assertEquals("engine_fault", ApiFixture.at(events.getLast().substring(6), "error.code").text());
        }
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (var other = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            ApiSettings settings = ApiSettings.of("echo").withAddress("127.0.0.1", other.getLocalPort());
            var failure = assertThrows(ApiStartException.class, () -> ApiServer.start(settings));
            assertEquals(ApiStartException.Reason.PORT_TAKEN, failure.reason());
            assertTrue(failure.getMessage().contains("port=" + other.getLocalPort()), failure.getMessage());
        }
    }

    @Test
    void refusesAnAddressThatIsNotLoopback() {
        ApiSettings settings = ApiSettings.of("echo").withAddress("0.0.0.0", 0);
        var failure = assertThrows(ApiStartException.class, () -> ApiServer.start(settings));
        assertEquals(ApiStartException.Reason.ADDRESS_REFUSED, failure.reason());
        assertTrue(failure.getMessage().contains("access keys"), failure.getMessage());
    }

    private static void assertDrained(ApiFixture api) {
        try {
            assertTrue(api.server.drain(Duration.ofSeconds(5)));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Socket> fill(ApiFixture api, int requests, String priority) throws Exception {
        api.engine.prefill = Duration.ofSeconds(20);
        int before = api.engine.running.get() + api.engine.queued.get();
        var sockets = new ArrayList<Socket>();
        for (int i = 0; i < requests; i++) {
            String user = i < 3 ? "" : "\"user\":\"" + i + "\",";
            String members = priority.contains("user")
                    ? "\"user\":\"other\""
                    : user + "\"outpost\":{\"priority\":\"" + priority + "\"}";
            sockets.add(api.raw(ApiFixture.wire(CHAT, ApiFixture.chat("x", members))));
        }
        ApiFixture.until(Duration.ofSeconds(5),
                () -> api.engine.running.get() + api.engine.queued.get() == before + requests);
        return sockets;
    }

    private static void close(List<Socket> sockets) throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
