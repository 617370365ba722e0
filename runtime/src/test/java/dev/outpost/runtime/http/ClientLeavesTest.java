package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request's slot is free within 200 ms of its client leaving, whatever it was doing and however it left. */
class ClientLeavesTest {

    private static final Duration LIMIT = Duration.ofMillis(200);
    private ApiFixture api;

    @BeforeEach
    void start() throws InterruptedException {
        api = ApiFixture.serving(1, settings -> settings);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void freesTheSlotInPrefill(boolean stream) throws Exception {
        api.engine.prefill = Duration.ofSeconds(20);
        assertFreed(chat(stream), Socket::close);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void freesTheSlotInDecode(boolean stream) throws Exception {
        api.engine.perToken = Duration.ofMillis(20);
        Socket socket = chat(stream);
        ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.generated.get() > 3);
        assertFreed(socket, Socket::close);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void freesTheSlotAfterAReset(boolean stream) throws Exception {
        api.engine.prefill = Duration.ofSeconds(20);
        assertFreed(chat(stream), socket -> {
            socket.setSoLinger(true, 0);
            socket.close();
        });
    }

    @Test
    void freesThePlaceOfARequestThatStillWaits() throws Exception {
        api.engine.prefill = Duration.ofSeconds(20);
        try (Socket _ = chat(false)) {
            ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.running.get() == 1);
            Socket second = chat(true);
            ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.queued.get() == 1);
            second.close();
            assertBelow(ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.queued.get() == 0));
        }
    }

    @Test
    void freesEveryChoice() throws Exception {
        api.engine.prefill = Duration.ofSeconds(20);
        Socket socket = api.raw(ApiFixture.wire("/v1/chat/completions", ApiFixture.chat("abc", "\"n\":4")));
        ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.running.get() + api.engine.queued.get() == 4);
        socket.close();
        assertBelow(ApiFixture.until(Duration.ofSeconds(5),
                () -> api.engine.running.get() + api.engine.queued.get() == 0));
    }

    @Test
    void interruptsAnEmbedding() throws Exception {
        api.engine.prefill = Duration.ofSeconds(20);
        assertFreed(api.raw(ApiFixture.wire("/v1/embeddings", "{\"model\":\"echo\",\"input\":\"abc\"}")),
                Socket::close);
    }

    @Test
    void keepsAnsweringAClientThatOnlyStoppedSending() throws Exception {
        api.engine.prefill = Duration.ofMillis(400);
        try (Socket socket = chat(false)) {
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
            assertTrue(answer.contains("\"finish_reason\":\"stop\""), answer);
        }
    }

    @Test
    void answersThePipelinedRequestThatWasReadAhead() throws Exception {
        api.engine.prefill = Duration.ofMillis(200);
        String request = ApiFixture.wire("/v1/chat/completions", ApiFixture.chat("one", ""));
        try (Socket socket = api.raw(request)) {
            Thread.sleep(100);
            String last = request.replace("Host: localhost", "Host: localhost\r\nConnection: close");
            socket.getOutputStream().write(last.getBytes(StandardCharsets.UTF_8));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(3, answers.split("HTTP/1.1 200 OK", -1).length, answers);
        }
    }

    @Test
    void leaksNothingOverAHundredCutStreams() throws Exception {
        api.engine.prefill = Duration.ofMillis(20);
        for (int i = 0; i < 100; i++) {
            Socket socket = chat(i % 2 == 0);
            if (i % 3 == 0) {
                Thread.sleep(5);
            }
            socket.close();
        }
        ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.running.get() + api.engine.queued.get() == 0);
        ApiFixture.until(Duration.ofSeconds(5),
                () -> metric("outpost_requests_in_flight{class=\"normal\"}").equals("0.0"));
    }

    private String metric(String name) {
        try {
            return api.get("/metrics").body().lines().filter(line -> line.startsWith(name + " "))
                    .map(line -> line.substring(name.length() + 1)).findFirst().orElse("absent");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Socket chat(boolean stream) throws IOException {
        return api.raw(ApiFixture.wire("/v1/chat/completions",
                ApiFixture.chat("a long enough line to be echoed for a while, byte by byte", "\"stream\":" + stream)));
    }

    private void assertFreed(Socket socket, Leaving leaving) throws Exception {
        ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.running.get() == 1);
        leaving.leave(socket);
        assertBelow(ApiFixture.until(Duration.ofSeconds(5), () -> api.engine.running.get() == 0));
    }

    private static void assertBelow(Duration taken) {
        System.getLogger(ClientLeavesTest.class.getName()).log(System.Logger.Level.INFO, "slot free after {0} ms",
                taken.toMillis());
        assertTrue(taken.compareTo(LIMIT) <= 0, "slot free after " + taken);
    }

    @FunctionalInterface
    private interface Leaving {
        void leave(Socket socket) throws IOException;
    }
}
