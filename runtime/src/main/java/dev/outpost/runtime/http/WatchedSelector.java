package dev.outpost.runtime.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The listener's only protocol, HTTP/1.1, with a {@link ClientWatch} on each connection.
 *
 * <p>As the only selector it takes a connection before its first byte, so a socket that sends nothing is under a
 * deadline too. One virtual thread closes connections that are overdue.
 */
final class WatchedSelector implements ServerConnectionSelector, AutoCloseable {

    private static final Duration SWEEP = Duration.ofMillis(250);

    private final Http1ConnectionSelector http1;
    private final ApiSettings settings;
    private final Set<ClientWatch> watches = ConcurrentHashMap.newKeySet();
    /** A connection's requests run on the thread that made the connection. */
    private final ThreadLocal<ClientWatch> ofThisConnection = new ThreadLocal<>();
    private final Thread sweeper;

    WatchedSelector(Http1ConnectionSelector http1, ApiSettings settings) {
        this.http1 = http1;
        this.settings = settings;
        this.sweeper = Thread.ofVirtual().name("connection-deadlines").start(this::sweep);
    }

    /** The watch of the connection whose request this thread handles. */
    ClientWatch current() {
        return ofThisConnection.get();
    }

    /** Connections that are open. */
    int open() {
        return watches.size();
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
        var watch = new ClientWatch(context.serverSocket(), settings);
        ofThisConnection.set(watch);
        watches.add(watch);
        return new WatchedConnection(http1.connection(new WatchedContext(context, watch)), () -> watches.remove(watch));
    }

    /** Ends the sweep and closes every connection. */
    @Override
    public void close() {
        sweeper.interrupt();
        watches.forEach(ClientWatch::close);
    }

    private void sweep() {
        try {
            while (true) {
                Thread.sleep(SWEEP);
                long now = System.nanoTime();
                watches.forEach(watch -> watch.closeIfOverdue(now));
            }
        } catch (InterruptedException ignored) {
            // The listener closes.
        }
    }
}
