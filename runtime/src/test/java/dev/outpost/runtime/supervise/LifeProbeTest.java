package dev.outpost.runtime.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifeProbeTest {

    @ParameterizedTest
    @CsvSource({"HTTP/1.1 200 OK,true", "HTTP/1.1 503 Service Unavailable,false", "HTTP,false"})
    void onlyAnAnswerWithStatus200IsLife(String answer, boolean alive) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> answer(server, answer + "\r\n\r\n"));

            assertEquals(alive, probe(server).alive());
        }
    }

    @Test
    void aListenerThatTakesNoConnectionIsNotAlive() throws IOException {
        LifeProbe probe;
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            probe = probe(server);
        }
        assertFalse(probe.alive());
    }

    @Test
    void aListenerThatSaysNothingIsNotAlive() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertFalse(new LifeProbe((InetSocketAddress) server.getLocalSocketAddress(), Duration.ofMillis(100))
                    .alive());
        }
    }

    private static LifeProbe probe(ServerSocket server) {
        return new LifeProbe((InetSocketAddress) server.getLocalSocketAddress(), Duration.ofSeconds(5));
    }

    private static void answer(ServerSocket server, String text) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().read(new byte[1_000]);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
