package dev.outpost.runtime.http.blocks;

import dev.outpost.provisioning.store.BlockSourceBook;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code GET} and {@code HEAD /documents/{hex}}: a document by digest, whole. */
final class DocumentRoute {
    private final BlockSourceBook book;

    DocumentRoute(BlockSourceBook book) {
        this.book = book;
    }

    void handle(ServerRequest request, ServerResponse response) {
        var method = request.prologue().method().text();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            response.header(HeaderNames.ALLOW, "GET, HEAD");
            response.status(Status.METHOD_NOT_ALLOWED_405).send();
            return;
        }
        var digest = Digests.of(request);
        var document = digest.flatMap(book::document);
        if (document.isEmpty()) {
            response.status(Status.NOT_FOUND_404).send();
            return;
        }
        response.header(HeaderNames.ETAG, "\"" + digest.get() + "\"");
        response.header(HeaderNames.CONTENT_TYPE, "application/octet-stream");
        if (method.equals("HEAD")) {
            response.contentLength(document.get().length);
            response.send();
        } else {
            response.send(document.get());
        }
    }
}
