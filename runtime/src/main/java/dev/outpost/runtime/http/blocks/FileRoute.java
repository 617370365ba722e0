package dev.outpost.runtime.http.blocks;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.BlockView;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.http.blocks.ByteRange.Asked;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** {@code GET} and {@code HEAD /blocks/{hex}}: a file by digest, whole or one range of it, never encoded. */
final class FileRoute {
    private static final int BUFFER = 128 << 10;

    private final BlockSourceBook book;
    private final TimedSelector connections;

    FileRoute(BlockSourceBook book, TimedSelector connections) {
        this.book = book;
        this.connections = connections;
    }

    void handle(ServerRequest request, ServerResponse response) {
        try {
            var method = request.prologue().method().text();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                response.header(HeaderNames.ALLOW, "GET, HEAD");
                response.status(Status.METHOD_NOT_ALLOWED_405).send();
                return;
            }
            var digest = Digests.of(request);
            var view = digest.flatMap(book::file);
            if (view.isEmpty()) {
                response.status(Status.NOT_FOUND_404).send();
                return;
            }
            try (var file = view.get()) {
                answer(request, response, digest.get(), file, method.equals("HEAD"));
            }
        } catch (ProvisioningException e) {
            throw new CloseConnectionException("file cannot be read", e);
        }
    }

    private void answer(ServerRequest request, ServerResponse response, ContentDigest digest, BlockView file,
            boolean head) {
        long bytes = file.blocks().fileBytes();
        String tag = "\"" + digest + "\"";
        response.header(HeaderNames.ETAG, tag);
        response.header(HeaderNames.ACCEPT_RANGES, "bytes");
        response.header(HeaderNames.CONTENT_TYPE, "application/octet-stream");
        response.header(HeaderNames.CACHE_CONTROL, "no-transform");
        boolean current = header(request, "If-Range").map(tag::equals).orElse(true);
        var understood = ByteRange.read(current ? header(request, "Range") : Optional.empty(), bytes);
        if (understood.asked() == Asked.NOTHING) {
            response.header(HeaderNames.CONTENT_RANGE, "bytes */" + bytes);
            response.status(Status.REQUESTED_RANGE_NOT_SATISFIABLE_416).send();
            return;
        }
        var range = understood.range();
        if (range.length() > 0 && !file.holds(range.from(), range.length())) {
            // Still arriving: what is missing cannot be given.
            response.status(Status.NOT_FOUND_404).send();
            return;
        }
        if (understood.asked() == Asked.PART) {
            response.header(HeaderNames.CONTENT_RANGE, "bytes " + range.from() + "-" + range.to() + "/" + bytes);
            response.status(Status.PARTIAL_CONTENT_206);
        }
        response.contentLength(range.length());
        if (head || range.length() == 0) {
            response.send();
        } else {
            send(response, file, range);
        }
    }

    private void send(ServerResponse response, BlockView file, ByteRange range) {
        byte[] buffer = new byte[(int) Math.min(BUFFER, range.length())];
        try (OutputStream out = response.outputStream()) {
            for (long at = range.from(); at <= range.to();) {
                int length = (int) Math.min(buffer.length, range.to() - at + 1);
                if (file.read(at, ByteBuffer.wrap(buffer, 0, length)) != length) {
                    throw new CloseConnectionException("file became shorter");
                }
                out.write(buffer, 0, length);
                connections.progressed();
                at += length;
            }
        } catch (IOException e) {
            throw new CloseConnectionException("reader is gone", e);
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("reader is gone", e);
        }
    }

    private static Optional<String> header(ServerRequest request, String name) {
        return request.headers().first(HeaderNames.create(name));
    }
}
