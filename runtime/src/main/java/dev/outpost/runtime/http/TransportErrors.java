package dev.outpost.runtime.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What is refused before it is a request, such as an unreadable request line: an error object all the same. */
final class TransportErrors {

    private TransportErrors() {}

    static DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, TransportErrors::answer);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse answer(DirectHandler.TransportRequest request,
            DirectHandler.EventType type, Status status, io.helidon.http.ServerResponseHeaders headers,
            String message) {
        headers.set(HeaderNames.CONTENT_TYPE, "application/json");
        headers.set(HeaderValues.CONNECTION_CLOSE);
        return DirectHandler.TransportResponse.builder().status(status).headers(headers)
                .entity(error(status).body()).keepAlive(false).build();
    }

    /** Helidon's own message is left out: it may quote the request. */
    private static ApiError error(Status status) {
        // 505 is the request's fault: HTTP/1.0 or a version that does not exist.
        boolean faulty = status.code() >= 500 && status.code() < 505;
        return new ApiError(status.code(), faulty ? "server_error" : "invalid_request_error",
                faulty ? "engine_fault" : "invalid_request", Optional.empty(),
                "not an acceptable HTTP/1.1 request: status=" + status.code(), Map.of(), OptionalInt.empty());
    }
}
