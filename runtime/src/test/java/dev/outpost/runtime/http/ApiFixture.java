package dev.outpost.runtime.http;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ApiFixture(int parallel, UnaryOperator<ApiSettings> adjust) {
        engine = new FakeEngine(parallel);
        ApiSettings settings = ApiSettings.of("echo").withAddress("127.0.0.1", 0).withAliases(List.of("parrot"))
                .withModelCreated(Instant.parse("2026-01-02T03:04:05Z"));
        server = ApiServer.start(adjust.apply(settings));
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
        return "http://127.0.0.1:" + server.port();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(address() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address() + path)).timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A chat body with one user message and more members. */
    static String chat(String text, String more) {
        return "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]"
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    /** A socket with a request already written. */
    Socket raw(String request) throws IOException {
        var socket = new Socket("127.0.0.1", server.port());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return socket;
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
