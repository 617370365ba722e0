package dev.outpost.runtime.http.blocks;

import dev.outpost.provisioning.store.BlockSourceBook;
import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * Gives {@code /blocks/{hex}} in byte ranges and {@code /documents/{hex}} whole, and passes certificate requests on. Any
 * thread; requests run on virtual threads of the listener.
 */
public final class BlockServer implements AutoCloseable {
    /** Over TLS the places are counted by {@link TimedTls}. */
    private static final int UNBOUNDED = -1;

    private final BlockServerSettings settings;
    private final Optional<TimedTls> secured;
    private final TimedSelector connections;
    private final WebServer server;

    private BlockServer(BlockServerSettings settings, BlockSourceBook book, Optional<Enrolment> enrolment)
            throws UnknownHostException {
        this.settings = settings;
        this.secured = settings.tls()
                .map(context -> new TimedTls(context.get(), settings.idle(), settings.maxConnections()));
        this.connections = new TimedSelector(Http1ConnectionSelector.builder()
                .config(Http1Config.builder().sendLog(false).receiveLog(false).build()).build(), settings);
        var routing = HttpRouting.builder().addFilter(connections::timed)
                .any("/blocks/{hex}", new FileRoute(book, connections)::handle)
                .any("/documents/{hex}", new DocumentRoute(book)::handle);
        enrolment.ifPresent(authority -> new EstRoutes(authority).register(routing));
        WebServerConfig.Builder config = WebServer.builder().address(InetAddress.getByName(settings.host()))
                .port(settings.port()).maxTcpConnections(secured.isPresent() ? UNBOUNDED : settings.maxConnections())
                .addConnectionSelector(connections).protocolsDiscoverServices(false).shutdownHook(false)
                .shutdownGracePeriod(Duration.ofSeconds(1)).idleConnectionTimeout(Duration.ofDays(1))
                .connectionOptions(SocketOptions.builder().readTimeout(settings.idle()).tcpNoDelay(true).build())
                .addRouting(routing);
        secured.ifPresent(timed -> config.tls(tls(timed)));
        this.server = config.build();
    }

    /**
     * Binds and listens.
     *
     * @param enrolment the authority behind EST; empty for none
     * @throws BlockServerException when the address is unknown or taken
     */
    public static BlockServer start(BlockServerSettings settings, BlockSourceBook book,
            Optional<Enrolment> enrolment) {
        try {
            var started = new BlockServer(settings, book, enrolment);
            started.server.start();
            if (!started.server.isRunning()) {
                started.connections.close();
                throw new BlockServerException(
                        "cannot listen: host=" + settings.host() + ", port=" + settings.port(), null);
            }
            return started;
        } catch (UnknownHostException e) {
            throw new BlockServerException("host has no address: host=" + settings.host(), e);
        }
    }

    /** The bound port. */
    public int port() {
        return server.port();
    }

    /** New connections use the certificate that the settings' supplier gives now. */
    public void reload() {
        secured.ifPresent(timed -> timed.use(settings.tls().orElseThrow().get()));
    }

    /** Closes the listener and every connection. */
    @Override
    public void close() {
        server.stop();
        connections.close();
    }

    private Tls tls(TimedTls timed) {
        return Tls.builder().sslContext(timed.asContext()).addEnabledProtocol("TLSv1.3")
                .clientAuth(switch (settings.clients()) {
                    case ANY -> TlsClientAuth.NONE;
                    case MAY_HAVE_CERTIFICATE -> TlsClientAuth.OPTIONAL;
                    case MUST_HAVE_CERTIFICATE -> TlsClientAuth.REQUIRED;
                }).build();
    }
}
