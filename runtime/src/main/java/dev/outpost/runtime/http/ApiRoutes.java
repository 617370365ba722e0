package dev.outpost.runtime.http;

import dev.outpost.engine.failure.EngineException;
import dev.outpost.runtime.observe.ApiMetrics;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The listener's one handler: finds the route, turns every failure into an error object, counts.
 *
 * <p>Runs on the connection's virtual thread. {@code /health/live} takes no lock, no queue and no engine call.
 */
final class ApiRoutes {

    private static final Logger LOG = System.getLogger(ApiRoutes.class.getName());
    private static final String JSON = "application/json";
    private static final String MODELS = "/v1/models/";

    private final Supplier<ClientWatch> watches;
    private final ServedModels served;
    private final AnswerListener listener;
    private final AddressGuard guard;
    private final AnswerRoutes answers;
    private final ApiMetrics metrics;

    ApiRoutes(ApiSettings settings, ApiMetrics metrics, Supplier<ClientWatch> watches,
            ServedModels served, AnswerListener listener) {
        this.watches = watches;
        this.served = served;
        this.listener = listener;
        this.guard = new AddressGuard(settings.allowedHosts());
        this.answers = new AnswerRoutes(settings, metrics);
        this.metrics = metrics;
    }

    void handle(ServerRequest request, ServerResponse response) {
        ClientWatch watch = watches.get();
        var exchange = new Exchange(request, response, watch);
        try {
            guard.check(exchange);
            route(exchange);
        } catch (ClientGoneException _) {
            metrics.clientGone();
            throw new CloseConnectionException("client left");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            fail(exchange, ApiError.unavailable("draining", "server stops"));
        } catch (CloseConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            fail(exchange, e);
        } finally {
            watch.answerEnds();
            log(exchange);
        }
    }

    private void route(Exchange exchange) throws InterruptedException {
        String path = exchange.path();
        switch (path) {
            case "/v1/chat/completions" -> post(exchange, "chat", answers::chat);
            case "/v1/completions" -> post(exchange, "text_completion", answers::completion);
            case "/v1/embeddings" -> post(exchange, "embeddings", answers::embedding);
            case "/v1/models" -> get(exchange, JSON, () -> served.required().list());
            case "/health/live" -> get(exchange, JSON, () -> status("live"));
            case "/health/ready", "/health" -> get(exchange, JSON, this::ready);
            case "/metrics" -> get(exchange, metrics.contentType(), metrics::text);
            default -> {
                if (!path.startsWith(MODELS)) {
                    throw new ApiException(ApiError.notFound(shown(path)));
                }
                get(exchange, JSON, () -> named(path));
            }
        }
    }

    private void get(Exchange exchange, String contentType, Supplier<byte[]> body) {
        requireMethod(exchange, "GET");
        exchange.send(200, contentType, body.get());
    }

    private void post(Exchange exchange, String operation, Route route) throws InterruptedException {
        requireMethod(exchange, "POST");
        try {
            served.required();
            Fields fields = answers.fields(exchange);
            try (ServedModels.Lease lease = served.lease()) {
                answer(exchange, fields, lease.model(), route);
            }
        } catch (CloseConnectionException | ClientGoneException e) {
            throw e;
        } catch (RuntimeException e) {
            fail(exchange, e);
        } finally {
            metrics.requestEnded(operation, exchange.status(), System.nanoTime() - exchange.arrivalNanos());
        }
    }

    /** Tells how it went: a fault of the engine is bad, a client that errs or leaves says nothing about the model. */
    private void answer(Exchange exchange, Fields fields, ServedModel model, Route route) throws InterruptedException {
        try {
            model.requireNamed(fields.require("model"));
            route.handle(exchange, fields, model);
            listener.answered(model.label(), true);
        } catch (CloseConnectionException | ClientGoneException e) {
            throw e;
        } catch (RuntimeException e) {
            ApiError error = fail(exchange, e);
            if (error.status() == 500) {
                listener.answered(model.label(), false);
            }
        }
    }

    private static void requireMethod(Exchange exchange, String method) {
        boolean head = method.equals("GET") && exchange.method().equals("HEAD");
        if (!head && !exchange.method().equals(method)) {
            exchange.header("allow", method);
            throw new ApiException(ApiError.methodNotAllowed(shown(exchange.method()), method));
        }
    }

    private byte[] named(String path) {
        ServedModel model = served.required();
        model.requireName(URLDecoder.decode(path.substring(MODELS.length()), StandardCharsets.UTF_8));
        return model.one();
    }

    private byte[] ready() {
        if (served.required().admission().draining()) {
            throw new ApiException(ApiError.unavailable("draining", "server is draining"));
        }
        return status("ok");
    }

    private ApiError fail(Exchange exchange, RuntimeException failure) {
        int retryAfter = served.current().map(ServedModel::retryAfterSeconds).orElse(1);
        ApiError error = new ErrorMapping(retryAfter).of(failure);
        if (error.status() == 500) {
            // The trace names places, not values: a request's text is in no exception of ours.
            Throwable cause = failure instanceof EngineException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            LOG.log(Level.WARNING, "request failed: id={0}, route={1}, status={2}, failure={3}, at={4}", exchange.id(),
                    shown(exchange.path()), error.status(), cause.getClass().getName(), place(cause));
        }
        fail(exchange, error);
        return error;
    }

    private void fail(Exchange exchange, ApiError error) {
        if (error.status() == 429 || error.status() == 503) {
            metrics.refused(error.code());
        }
        if (!exchange.committed()) {
            exchange.error(error);
        } else if (exchange.streaming()) {
            SseWriter.data(exchange, error.body());
            exchange.finish();
        } else {
            // The status said 200: only a broken connection can take that back.
            throw new CloseConnectionException("answer broke after its status was sent");
        }
    }

    private static String place(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? "unknown" : trace[0].toString();
    }

    private static void log(Exchange exchange) {
        LOG.log(Level.DEBUG, "request ended: id={0}, method={1}, route={2}, status={3}, millis={4}", exchange.id(),
                shown(exchange.method()), shown(exchange.path()), exchange.status(),
                (System.nanoTime() - exchange.arrivalNanos()) / 1_000_000);
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^\\x21-\\x7e]", "?");
        return printable.length() <= 64 ? printable : printable.substring(0, 64) + "...";
    }

    private static byte[] status(String word) {
        return JsonWriter.bytes(json -> json.object(() -> json.member("status", word)));
    }

    @FunctionalInterface
    private interface Route {
        void handle(Exchange exchange, Fields fields, ServedModel model) throws InterruptedException;
    }
}
