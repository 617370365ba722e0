package dev.outpost.runtime.mqtt;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A listener that behaves as no broker should. */
public final class HostileBroker implements AutoCloseable {

    /** What it does to those who connect. */
    public enum Kind {
        /** Takes the connection and says nothing. */
        SILENT,
        /** Takes the connection and resets it. */
        RESETTING,
        /** Says CONNACK, then announces a packet of 256 MB. */
        OVERSIZE,
        /** Answers with bytes that are no MQTT. */
        BABBLING,
        /** Refuses: not authorised. */
        REFUSING,
        /** Says CONNACK, acknowledges nothing after it. */
        DEAF,
        /** Says CONNACK and closes. */
        CLOSING
    }

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Kind kind;

    public HostileBroker(Kind kind) throws IOException {
        this.kind = kind;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    public void become(Kind other) {
        kind = other;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> torment(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void torment(Socket socket) {
        try (socket) {
            switch (kind) {
                case SILENT -> drain(socket.getInputStream());
                case RESETTING -> socket.setSoLinger(true, 0);
                case OVERSIZE -> {
                    answer(socket, 0x20, 3, 0, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x7f);
                    drain(socket.getInputStream());
                }
                case BABBLING -> answer(socket, 'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0');
                case REFUSING -> answer(socket, 0x20, 3, 0, 0x87, 0);
                case DEAF -> {
                    answer(socket, 0x20, 3, 0, 0, 0);
                    drain(socket.getInputStream());
                }
                case CLOSING -> answer(socket, 0x20, 3, 0, 0, 0);
            }
        } catch (IOException ignored) {
            // the client gave up, as it should
        } finally {
            open.remove(socket);
        }
    }

    private static void answer(Socket socket, int... bytes) throws IOException {
        socket.getInputStream().read(new byte[512]);
        var out = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            out[i] = (byte) bytes[i];
        }
        socket.getOutputStream().write(out);
        socket.getOutputStream().flush();
    }

    private static void drain(InputStream input) throws IOException {
        var buffer = new byte[4096];
        while (input.read(buffer) >= 0) {
            // swallows everything
        }
    }
}
