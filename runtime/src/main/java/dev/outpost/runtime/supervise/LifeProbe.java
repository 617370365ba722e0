package dev.outpost.runtime.supervise;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A real request to {@code /health/live} of our own listener: only an answer proves that connections are still taken.
 *
 * <p>A plain socket: nothing that could be warm or pooled stands between.
 */
public final class LifeProbe {

    private final InetSocketAddress address;
    private final Duration timeout;

    public LifeProbe(InetSocketAddress address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
    }

    /** True if the answer began with status 200 in time. Blocks for at most twice the timeout. */
    public boolean alive() {
        int millis = Math.toIntExact(timeout.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(address, millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String start = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return start.equals("HTTP/1.1 200");
        } catch (IOException silent) {
            return false;
        }
    }
}
