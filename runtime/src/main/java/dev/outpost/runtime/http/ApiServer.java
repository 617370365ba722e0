package dev.outpost.runtime.http;

import dev.outpost.engine.Engine;
import java.time.Duration;

/**
 * The HTTP listener.
 *
 * <p>Opened before the model is there: {@code /health/live} answers at once, everything else says 503
 * {@code model_loading} until {@link #serve} has had a token out of the engine. The engine stays its caller's: close
 * this first, then the engine.
 */
public final class ApiServer implements AutoCloseable {

    private final int port;

    private ApiServer(int port) {
        this.port = port;
    }

    /**
     * Binds and listens.
     *
     * @throws ApiStartException if the address is refused, unknown or taken
     */
    public static ApiServer start(ApiSettings settings) {
        return new ApiServer(settings.port());
    }

    /** The bound port. */
    public int port() {
        return port;
    }

    /**
     * Generates one token as a self-test on the caller's thread, then answers requests with {@code engine}.
     *
     * @throws dev.outpost.engine.failure.EngineException if the self-test fails; the listener stays not ready
     */
    public void serve(Engine engine) throws InterruptedException {
        engine.status();
    }

    /** True between a successful {@link #serve} and {@link #drain}. */
    public boolean ready() {
        return false;
    }

    /**
     * Refuses new requests with 503 {@code draining} and waits for those in flight.
     *
     * @return true if all ended within {@code grace}; the rest is cut by {@link #close()}
     */
    public boolean drain(Duration grace) throws InterruptedException {
        return true;
    }

    /** Closes the listener and what is still connected; a second call does nothing. */
    @Override
    public void close() {
        // Filled with the listener.
    }
}
