package dev.outpost.runtime.fleet.carrier;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives one file by byte ranges, well or in one of many wrong ways. */
final class HostileServer implements AutoCloseable {
    /** What is wrong; the names say it. */
    enum Fault {
        NONE, WRONG_BYTES, SHORT, ENDLESS, WHOLE_FILE, OTHER_RANGE, OTHER_LENGTH, //
        WEAK_TAG, NO_TAG, CHANGING_TAG, ENCODED, REDIRECT_AWAY, REDIRECT_LOOP, SILENT, SILENT_BODY, ERROR
    }

    private final HttpServer server;
    private final PatternFile file;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;
    private volatile boolean open = true;

    HostileServer(PatternFile file) {
        this.file = file;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    HostileServer with(Fault next) {
        fault = next;
        return this;
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        open = false;
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String[] range = exchange.getRequestHeaders().getFirst("Range").split("[=-]");
        long from = Long.parseLong(range[1]);
        long to = Long.parseLong(range[2]);
        var headers = exchange.getResponseHeaders();
        headers.set("ETag", tag());
        long bytes = file.bytes() + (fault == Fault.OTHER_LENGTH ? 1 : 0);
        headers.set("Content-Range",
                "bytes " + (fault == Fault.OTHER_RANGE ? from + 1 : from) + "-" + to + "/" + bytes);
        if (fault == Fault.NO_TAG) {
            headers.remove("ETag");
        } else if (fault == Fault.ENCODED) {
            headers.set("Content-Encoding", "gzip");
        }
        switch (fault) {
            case REDIRECT_AWAY -> redirect(exchange, "http://example.org/blocks/x");
            case REDIRECT_LOOP -> redirect(exchange, exchange.getRequestURI().toString());
            case SILENT -> stall(exchange);
            case ERROR -> exchange.sendResponseHeaders(500, -1);
            case WHOLE_FILE -> send(exchange, 200, 0, file.bytes() - 1, file.bytes());
            case SHORT -> send(exchange, 206, from, to - 1, to - from);
            case ENDLESS -> endless(exchange, from);
            default -> send(exchange, 206, from, to, to - from + 1);
        }
        exchange.close();
    }

    private String tag() {
        return switch (fault) {
            case WEAK_TAG -> "W/\"one\"";
            case CHANGING_TAG -> "\"" + requests.get() + "\"";
            default -> "\"one\"";
        };
    }

    private void send(HttpExchange exchange, int status, long from, long to, long length) throws IOException {
        exchange.sendResponseHeaders(status, length);
        var buffer = ByteBuffer.allocate(64 << 10);
        for (long at = from; at <= to; at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - at + 1));
            file.read(at, buffer);
            if (fault == Fault.WRONG_BYTES) {
                buffer.put(0, (byte) (buffer.get(0) + 1));
            }
            if (fault == Fault.SILENT_BODY && at > from + (100 << 10)) {
                stall(exchange);
            }
            exchange.getResponseBody().write(buffer.array(), 0, buffer.limit());
        }
    }

    private void endless(HttpExchange exchange, long from) throws IOException {
        exchange.sendResponseHeaders(206, 0);
        var buffer = ByteBuffer.allocate(64 << 10);
        for (long at = from; open; at += buffer.limit()) {
            file.read(at % (file.bytes() - buffer.capacity()), buffer.clear());
            exchange.getResponseBody().write(buffer.array());
        }
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
    }

    private void stall(HttpExchange exchange) throws IOException {
        exchange.getResponseBody().flush();
        while (open) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }
}
