package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that are no proper request, and clients that are slow on purpose. */
class HostileConnectionTest {

    private static ApiFixture api;

    @BeforeAll
    static void start() throws InterruptedException {
        api = ApiFixture.serving(2, settings -> settings.withTimeouts(Duration.ofMillis(600), Duration.ofMillis(600),
                Duration.ofMillis(900), Duration.ofMinutes(1)));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest(name = "{0} gets {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"GET / HTTP/1.1~Host: evil.example~~|403",
            "GET /health/live HTTP/1.1~Host: evil.example~~|403", "GET /health/live HTTP/1.1~Host: localhost:80~~|200",
            "GET /health/live HTTP/1.1~Host: [::1]:8484~~|200", "GET /health/live HTTP/1.1~Host: 127.0.0.1~~|200",
            "GET /health/live HTTP/1.1~Host: 127.0.0.1.evil.example~~|403", "GET /health/live HTTP/1.1~~|400",
            "GET /health/live HTTP/1.1~Host: localhost~Host: evil.example~~|400", "GARBAGE~~|400",
            "GET /health/live HTTP/9.9~Host: localhost~~|400", "GET /health/live HTTP/1.0~Host: localhost~~|505",
            "GET /v1/models/%zz HTTP/1.1~Host: localhost~~|400",
            "POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: 2~Transfer-Encoding: chunked~~0~~|400",
            "POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: 2~Content-Length: 3~~{}|400",
            "POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: 99999999999~~{|413",
            "POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: -5~~{|400",
            "POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: x~~{|400",
            "POST /v1/completions HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~zz~|400"})
    void answersMalformedRequestsWithAStatus(String request, int status) throws Exception {
        try (Socket socket = api.raw(request.replace("~", "\r\n"))) {
            socket.setSoTimeout(5_000);
            var head = new byte[12];
            int read = socket.getInputStream().readNBytes(head, 0, 12);
            assertEquals("HTTP/1.1 " + status, new String(head, 0, read, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        try (Socket socket = api
                .raw("HEAD /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
            String answer = read(socket);
            assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
            assertTrue(answer.endsWith("\r\n\r\n"), answer);
        }
    }

    @Test
    void refusesHeadersOfManyKilobytes() throws Exception {
        String flood = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n" + "X-A: b\r\n".repeat(10_000) + "\r\n";
        try (Socket socket = new Socket("127.0.0.1", api.server.port())) {
            try {
                socket.getOutputStream().write(flood.getBytes(StandardCharsets.US_ASCII));
            } catch (SocketException expected) {
                return;
            }
            assertTrue(!read(socket).startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void cutsAChunkedBodyAtOneMebibyte() throws Exception {
        String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        String chunk = "10000\r\n" + "x".repeat(65_536) + "\r\n";
        try (Socket socket = api.raw(head)) {
            for (int i = 0; i < 20; i++) {
                socket.getOutputStream().write(chunk.getBytes(StandardCharsets.US_ASCII));
            }
            assertTrue(read(socket).startsWith("HTTP/1.1 413"));
        }
    }

    @Test
    void closesASocketThatNeverSends() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", api.server.port())) {
            assertEquals("", read(socket));
        }
    }

    @Test
    void closesASocketThatDripsItsHeaders() throws Exception {
        try (Socket socket = api.raw("GET /health/live HTTP/1.1\r\n")) {
            long start = System.nanoTime();
            try {
                for (int i = 0; i < 100; i++) {
                    socket.getOutputStream().write("X-A: b\r\n".getBytes(StandardCharsets.US_ASCII));
                    Thread.sleep(50);
                }
            } catch (SocketException expected) {
                assertTrue(System.nanoTime() - start < 3_000_000_000L);
                return;
            }
            throw new AssertionError("connection stayed open");
        }
    }

    @Test
    void closesASocketThatDripsItsBody() throws Exception {
        try (Socket socket = api
                .raw("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n")) {
            long start = System.nanoTime();
            try {
                for (int i = 0; i < 100; i++) {
                    socket.getOutputStream().write(' ');
                    Thread.sleep(50);
                }
            } catch (SocketException expected) {
                assertTrue(System.nanoTime() - start < 3_000_000_000L);
                return;
            }
            throw new AssertionError("connection stayed open");
        }
    }

    @Test
    void staysAliveBesideManySilentSockets() throws Exception {
        var sockets = new ArrayList<Socket>();
        for (int i = 0; i < 300; i++) {
            sockets.add(new Socket("127.0.0.1", api.server.port()));
        }
        // The best of ten: the machine may be busy with other things, the listener may not.
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            assertEquals(200, api.get("/health/live").statusCode());
            best = Math.min(best, System.nanoTime() - start);
        }
        assertTrue(best < 50_000_000L, "live took " + best / 1e6 + " ms");
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void doesNotCutALongAnswerShortOfItsOwnLimit() throws Exception {
        api.engine.prefill = Duration.ofMillis(1_800);
        try {
            assertEquals(200, api.post("/v1/chat/completions", ApiFixture.chat("x", "")).statusCode());
        } finally {
            api.engine.prefill = Duration.ZERO;
        }
    }

    private static String read(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            return "reset";
        }
    }
}
