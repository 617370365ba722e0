package dev.outpost.runtime.http;

import io.helidon.common.socket.PeerInfo;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** One request and its response, on its connection's thread. A failed write throws {@link ClientGoneException}. */
final class Exchange {

    private static final byte[] NOTHING = {};

    private final ServerRequest request;
    private final ServerResponse response;
    private final ClientWatch watch;
    private final String id;
    private final long arrivalNanos = System.nanoTime();
    private Optional<OutputStream> stream = Optional.empty();
    private boolean bodyRead;
    private boolean sent;
    private boolean events;
    private int status;
    private long lastWriteNanos = System.nanoTime();

    Exchange(ServerRequest request, ServerResponse response, ClientWatch watch) {
        this.request = request;
        this.response = response;
        this.watch = watch;
        this.id = RequestIds.of(requestHeader("x-request-id"));
        header("x-request-id", id);
    }

    String id() {
        return id;
    }

    String path() {
        return request.path().rawPath();
    }

    String method() {
        return request.prologue().method().text();
    }

    ClientWatch watch() {
        return watch;
    }

    long arrivalNanos() {
        return arrivalNanos;
    }

    /** The status sent, 0 before. */
    int status() {
        return status;
    }

    Optional<String> requestHeader(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    int requestHeaderCount(String name) {
        return request.headers().all(HeaderNames.create(name), java.util.List::of).size();
    }

    /** The client's numeric address. */
    String clientAddress() {
        PeerInfo peer = request.remotePeer();
        return peer.address() instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : peer.host();
    }

    void header(String name, String value) {
        response.header(HeaderNames.create(name), value);
    }

    /**
     * The whole body.
     *
     * @throws ApiException 413 if it is, or says it is, larger than {@code limit} bytes
     */
    byte[] body(int limit) {
        if (!hasBody()) {
            bodyRead = true;
            return NOTHING;
        }
        watch.bodyBegins();
        if (request.headers().contentLength().orElse(0) > limit) {
            throw new ApiException(ApiError.bodyTooLarge(limit));
        }
        try {
            // Not closed here: closing reads on to the end of the body, and it may have none.
            InputStream in = request.content().inputStream();
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new ApiException(ApiError.bodyTooLarge(limit));
            }
            bodyRead = true;
            return bytes;
        } catch (IOException | UncheckedIOException | CloseConnectionException e) {
            throw new ClientGoneException();
        } catch (IllegalArgumentException | RequestException e) {
            // Helidon's words for a malformed chunk; they may quote the body.
            throw new ApiException(ApiError.badRequest("body is not readable: malformed chunk"));
        }
    }

    /** Sends a whole answer, or ends a streamed one with it. */
    void send(int code, String contentType, byte[] bytes) {
        if (stream.isPresent()) {
            write(bytes);
            finish();
            return;
        }
        boolean closes = !bodyRead && hasBody();
        status = code;
        sent = true;
        response.status(Status.create(code));
        header("content-type", contentType);
        if (closes) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        try {
            response.send(method().equals("HEAD") ? NOTHING : bytes);
        } catch (UncheckedIOException | CloseConnectionException e) {
            throw goneNow();
        }
        if (closes) {
            watch.linger();
            throw new CloseConnectionException("request body was not read");
        }
    }

    void json(byte[] bytes) {
        send(200, "application/json", bytes);
    }

    void error(ApiError error) {
        error.retryAfter().ifPresent(seconds -> header("retry-after", Integer.toString(seconds)));
        send(error.status(), "application/json", error.body());
    }

    /** True once a status is on the wire: from then on it cannot change. */
    boolean committed() {
        return sent || stream.isPresent();
    }

    /** True while events are being streamed. */
    boolean streaming() {
        return events && !sent;
    }

    /** Commits status 200 and begins an answer in pieces. */
    void begin(String contentType) {
        status = 200;
        events = contentType.equals(SseWriter.CONTENT_TYPE);
        response.status(Status.OK_200);
        header("content-type", contentType);
        response.header(HeaderValues.CACHE_NO_CACHE);
        stream = Optional.of(response.outputStream());
    }

    /** Writes and flushes. */
    void write(byte[] bytes) {
        try {
            OutputStream out = stream.orElseThrow();
            out.write(bytes);
            out.flush();
            lastWriteNanos = System.nanoTime();
        } catch (IOException | UncheckedIOException | CloseConnectionException e) {
            throw goneNow();
        }
    }

    void finish() {
        try {
            // The listener adds the last chunk when the handler returns.
            stream.orElseThrow().close();
            sent = true;
        } catch (IOException | UncheckedIOException | CloseConnectionException e) {
            throw goneNow();
        }
    }

    /** Time since the last write, or since the request's arrival. */
    Duration quiet() {
        return Duration.ofNanos(System.nanoTime() - lastWriteNanos);
    }

    /** Throws if the client is known to be gone. */
    void requireClient() {
        if (watch.presence() == ClientWatch.Presence.GONE) {
            throw new ClientGoneException();
        }
    }

    boolean hasBody() {
        return request.headers().contentLength().orElse(0) > 0
                || request.headers().contains(HeaderValues.TRANSFER_ENCODING_CHUNKED);
    }

    private ClientGoneException goneNow() {
        watch.gone();
        return new ClientGoneException();
    }
}
