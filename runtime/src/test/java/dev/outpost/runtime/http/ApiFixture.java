package dev.outpost.runtime.http;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A listener on a free port over a {@link FakeEngine}, and a plain client. */
final class ApiFixture implements AutoCloseable {

    final FakeEngine engine;
    final ApiServer server;
    final ApiClient client;

    ApiFixture(int parallel, UnaryOperator<ApiSettings> adjust) {
        engine = new FakeEngine(parallel);
        ApiSettings settings = ApiSettings.of("echo").withAddress("127.0.0.1", 0).withAliases(List.of("parrot"))
                .withModelCreated(Instant.parse("2026-01-02T03:04:05Z"));
        server = ApiServer.start(adjust.apply(settings));
        client = ApiClient.of(server);
    }

    static ApiFixture serving() throws InterruptedException {
        return serving(4, settings -> settings);
    }

    static ApiFixture serving(int parallel, UnaryOperator<ApiSettings> adjust) throws InterruptedException {
        var fixture = new ApiFixture(parallel, adjust);
        fixture.server.serve(fixture.engine);
        return fixture;
    }

    String address() {
        return client.address();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.get(path);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        return client.post(path, body, headers);
    }

    Socket raw(String request) throws IOException {
        return client.raw(request);
    }

    /** A chat body with one user message and more members. */
    static String chat(String text, String more) {
        return "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]"
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    /** A POST as bytes on the wire. */
    static String wire(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    static Fields json(String body) {
        return new Field("", new JsonReader().read(body.getBytes(StandardCharsets.UTF_8))).object();
    }

    /** The value at a path such as {@code choices.0.message.content}. */
    static Field at(String body, String path) {
        Field field = new Field("", new JsonReader().read(body.getBytes(StandardCharsets.UTF_8)));
        for (String step : path.split("\\.")) {
            field = Character.isDigit(step.charAt(0))
                    ? field.items().get(Integer.parseInt(step))
                    : field.object().require(step);
        }
        return field;
    }

    /** Waits in small steps; the time it took, or a failure after {@code limit}. */
    static Duration until(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("condition not met within " + limit);
            }
            Thread.sleep(1);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void close() {
        server.close();
    }
}
