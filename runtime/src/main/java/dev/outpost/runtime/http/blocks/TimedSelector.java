package dev.outpost.runtime.http.blocks;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * HTTP/1.1 alone, with a deadline on every connection: from its first moment, before TLS data or a request came, and
 * within an answer whose reader does not read. One virtual thread closes what is overdue.
 */
final class TimedSelector implements ServerConnectionSelector, AutoCloseable {
    private static final Duration SWEEP = Duration.ofMillis(250);

    /** One connection's deadline. */
    static final class Timed {
        private final HelidonSocket socket;
        private volatile long deadline;

        Timed(HelidonSocket socket) {
            this.socket = socket;
        }

        void within(Duration limit) {
            deadline = System.nanoTime() + limit.toNanos();
        }

        private void closeIfOverdue(long now) {
            if (now - deadline > 0) {
                close();
            }
        }

        private void close() {
            try {
                socket.close();
            } catch (UncheckedIOException ignored) {
                // It is gone either way.
            }
        }
    }

    private final Http1ConnectionSelector http1;
    private final BlockServerSettings settings;
    private final Set<Timed> open = ConcurrentHashMap.newKeySet();
    /** A connection's requests run on the thread that made the connection. */
    private final ThreadLocal<Timed> ofThisConnection = new ThreadLocal<>();
    private final Thread sweeper;

    TimedSelector(Http1ConnectionSelector http1, BlockServerSettings settings) {
        this.http1 = http1;
        this.settings = settings;
        this.sweeper = Thread.ofVirtual().name("block-deadlines").start(this::sweep);
    }

    /** Something of an answer was taken: its reader has time again. */
    void progressed() {
        ofThisConnection.get().within(settings.stall());
    }

    /** The filter round every route: its answer has a reader's time, the request after it an idle connection's. */
    void timed(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        progressed();
        try {
            chain.proceed();
        } finally {
            ofThisConnection.get().within(settings.idle());
        }
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        var timed = new Timed(context.serverSocket());
        timed.within(settings.idle());
        ofThisConnection.set(timed);
        open.add(timed);
        return new Ending(http1.connection(context), () -> open.remove(timed));
    }

    @Override
    public void close() {
        sweeper.interrupt();
        open.forEach(Timed::close);
    }

    private void sweep() {
        try {
            while (true) {
                Thread.sleep(SWEEP);
                long now = System.nanoTime();
                open.forEach(timed -> timed.closeIfOverdue(now));
            }
        } catch (InterruptedException ignored) {
            // The listener closes.
        }
    }

    private record Ending(ServerConnection connection, Runnable ended) implements ServerConnection {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                connection.handle(limit);
            } finally {
                ended.run();
            }
        }

        @Override
        public Duration idleTime() {
            return connection.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
        }
    }
}
