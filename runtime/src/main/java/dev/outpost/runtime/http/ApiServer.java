package dev.outpost.runtime.http;

import dev.outpost.engine.Engine;
import dev.outpost.runtime.observe.ApiMetrics;
import dev.outpost.runtime.request.SelfTest;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The HTTP listener.
 *
 * <p>Opened before the model is there: {@code /health/live} answers at once, everything else says 503
 * {@code model_loading} until {@link #serve} has had a token out of the engine. The engine stays its caller's: close
 * this first, then the engine. Any thread.
 */
public final class ApiServer implements AutoCloseable {

    private final ApiSettings settings;
    private final ApiMetrics metrics = new ApiMetrics("queue_full", "draining", "model_loading");
    private final WatchedSelector connections;
    private final WebServer server;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final ServedModels served = new ServedModels();
    private volatile AnswerListener listener = (_, _) -> {};

    private ApiServer(ApiSettings settings, InetAddress address) {
        this.settings = settings;
        this.connections = new WatchedSelector(Http1ConnectionSelector.builder()
                .config(Http1Config.builder().sendLog(false).receiveLog(false).build()).build(), settings);
        var routes = new ApiRoutes(settings, metrics, connections::current, served,
                (model, ok) -> listener.answered(model, ok));
        metrics.watch(served::status, served::inFlight, () -> served.current().map(ServedModel::label)
                .map(label -> new ApiMetrics.Model(label.name(), label.digest().orElse(""))));
        this.server = WebServer.builder().address(address).port(settings.port())
                .maxTcpConnections(settings.maxConnections()).addConnectionSelector(connections)
                .protocolsDiscoverServices(false).shutdownHook(false).shutdownGracePeriod(Duration.ofSeconds(1))
                // Deadlines are the selector's; Helidon's would take a long answer for an idle connection.
                .idleConnectionTimeout(Duration.ofDays(1))
                .connectionOptions(SocketOptions.builder().readTimeout(Duration.ZERO).tcpNoDelay(true).build())
                .directHandlers(TransportErrors.handlers())
                .addRouting(HttpRouting.builder().any(routes::handle)).build();
    }

    /**
     * Binds and listens.
     *
     * @throws ApiStartException if the address is refused, unknown or taken
     */
    public static ApiServer start(ApiSettings settings) {
        InetAddress address = loopback(settings.host());
        var server = new ApiServer(settings, address);
        server.listen(address);
        return server;
    }

    /** The bound port. */
    public int port() {
        return server.port();
    }

    /**
     * Generates one token as a self-test on the caller's thread, then answers requests with {@code engine}.
     *
     * @throws dev.outpost.engine.failure.EngineException if the self-test fails; the listener stays not ready
     */
    public void serve(Engine engine) throws InterruptedException {
        serve(engine, new ModelLabel(settings.model(), settings.modelCreated(), Optional.empty()));
    }

    /**
     * As {@link #serve(Engine)}, under a name of its own. Replaces the model before by one write: requests that it was
     * given end on it; {@link #awaitIdle} says when they have. Any thread.
     */
    public void serve(Engine engine, ModelLabel label) throws InterruptedException {
        SelfTest.run(engine);
        served.serve(new ServedModel(settings, label, engine));
    }

    /** From now on requests get 503 {@code model_loading}; those in flight go on. */
    public void suspend() {
        served.suspend();
    }

    /**
     * Waits for the requests in flight on an engine that was replaced or suspended.
     *
     * @return true if none is left; the engine may be closed then
     */
    public boolean awaitIdle(Engine engine, Duration patience) throws InterruptedException {
        return served.awaitIdle(engine, patience);
    }

    /** What is told how requests end; replaces the one before. */
    public void onAnswered(AnswerListener told) {
        listener = told;
    }

    /** What the HTTP side counts. */
    public ApiMetrics metrics() {
        return metrics;
    }

    /** The model that answers now. */
    public Optional<ModelLabel> model() {
        return served.current().map(ServedModel::label);
    }

    /** True between a successful {@link #serve} and {@link #drain}. */
    public boolean ready() {
        return open.get() && served.current().map(model -> !model.admission().draining()).orElse(false);
    }

    /**
     * Refuses new requests with 503 {@code draining} and waits for those in flight.
     *
     * @return true if all ended within {@code grace}; the rest is cut by {@link #close()}
     */
    public boolean drain(Duration grace) throws InterruptedException {
        served.drain();
        return served.awaitIdle(grace);
    }

    /** Closes the listener and what is still connected; a second call does nothing. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            server.stop();
            connections.close();
        }
    }

    /** Helidon logs a failure to bind and goes on; what counts is whether it runs. */
    private void listen(InetAddress address) {
        server.start();
        if (!server.isRunning()) {
            connections.close();
            throw new ApiStartException(ApiStartException.Reason.PORT_TAKEN,
                    "cannot listen: host=" + settings.host() + ", port=" + settings.port() + ": " + cause(address));
        }
    }

    private String cause(InetAddress address) {
        try (var probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, settings.port()));
            return "address was taken a moment ago";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static InetAddress loopback(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            if (!address.isLoopbackAddress()) {
                throw new ApiStartException(ApiStartException.Reason.ADDRESS_REFUSED,
                        "address is not loopback and no access keys are configured: host=" + host
                                + ", expected=127.0.0.1");
            }
            return address;
        } catch (UnknownHostException _) {
            throw new ApiStartException(ApiStartException.Reason.ADDRESS_UNKNOWN, "host has no address: host=" + host);
        }
    }
}
