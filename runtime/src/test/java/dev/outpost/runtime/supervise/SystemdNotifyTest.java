package dev.outpost.runtime.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdNotifyTest {

    /** Prints a line when it listens, then the datagram. Java itself cannot: it has no such socket. */
    private static final String LISTENER = """
            import socket, sys
            name = sys.argv[1]
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind('\\0' + name[1:] if name[0] == '@' else name)
            print('listening', flush=True)
            print(s.recv(4096).decode().replace('\\n', ' '))
            """;

    @TempDir
    Path directory;

    @Test
    void aDatagramArrivesAtASocketFile() throws Exception {
        assertEquals("READY=1 STATUS=up", received(directory.resolve("notify").toString()));
    }

    @Test
    void aDatagramArrivesAtAnAbstractSocket() throws Exception {
        assertEquals("READY=1 STATUS=up", received("@outpost-test-" + ProcessHandle.current().pid()));
    }

    @Test
    void nobodyListeningIsNoFailure() {
        assertFalse(SystemdNotify.to(directory.resolve("nobody").toString()).orElseThrow().send("READY=1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "relative/path", "vsock:2:9999"})
    void whatIsNoUnixSocketIsLeftAlone(String name) {
        assertEquals(Optional.empty(), SystemdNotify.to(name).map(notify -> name));
    }

    private static String received(String socket) throws Exception {
        Process listener = start(socket);
        try (var lines = new BufferedReader(
                new InputStreamReader(listener.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("listening", lines.readLine());
            assertTrue(SystemdNotify.to(socket).orElseThrow().send("READY=1\nSTATUS=up"));
            return lines.readLine();
        } finally {
            listener.destroy();
            assertTrue(listener.waitFor(10, TimeUnit.SECONDS));
        }
    }

    private static Process start(String socket) {
        try {
            return new ProcessBuilder("python3", "-c", LISTENER, socket).redirectErrorStream(true).start();
        } catch (IOException e) {
            return Assumptions.abort("skipped: no python3 to listen with: " + e.getMessage());
        }
    }
}
