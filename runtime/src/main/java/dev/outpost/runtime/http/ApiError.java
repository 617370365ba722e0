package dev.outpost.runtime.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An error object of the OpenAI routes.
 *
 * @param status HTTP status
 * @param type OpenAI's class of errors, such as {@code invalid_request_error}
 * @param code stable word for the case
 * @param param path of the parameter at fault, such as {@code messages[2].content}
 * @param message lower-case fact with {@code name=value} pairs
 * @param figures numbers beside the four keys, such as {@code n_ctx}
 * @param retryAfter whole seconds, 1 to 8
 */
record ApiError(int status, String type, String code, Optional<String> param, String message,
        Map<String, Long> figures, OptionalInt retryAfter) {

    private static final String INVALID = "invalid_request_error";

    ApiError {
        figures = Map.copyOf(figures);
    }

    static ApiError invalidJson(String message) {
        return invalid("invalid_json", Optional.empty(), message);
    }

    static ApiError invalidType(String param, String expected, Json found) {
        return invalid("invalid_type", Optional.of(param),
                "wrong type: param=" + param + ", expected=" + expected + ", found=" + found.kind());
    }

    static ApiError notAnInteger(String param, String found) {
        return invalid("invalid_type", Optional.of(param),
                "wrong type: param=" + param + ", expected=integer, found=" + found);
    }

    static ApiError invalidValue(String param, String message) {
        return invalid("invalid_value", Optional.of(param), message);
    }

    static ApiError unsupported(String param, String message) {
        return invalid("unsupported_value", Optional.of(param), message);
    }

    static ApiError missing(String param) {
        return invalid("missing_required_parameter", Optional.of(param), "missing required parameter: param=" + param);
    }

    static ApiError contextExceeded(String param, String message, Map<String, Long> figures) {
        return new ApiError(400, INVALID, "context_length_exceeded", Optional.of(param), message, figures,
                OptionalInt.empty());
    }

    static ApiError badRequest(String message) {
        return invalid("invalid_request", Optional.empty(), message);
    }

    static ApiError forbidden(String code, String message) {
        return plain(403, "permission_error", code, message);
    }

    static ApiError modelNotFound(String model) {
        return new ApiError(404, "not_found_error", "model_not_found", Optional.of("model"),
                "model is not served here: model=" + model + ", see GET /v1/models", Map.of(), OptionalInt.empty());
    }

    static ApiError notFound(String path) {
        return plain(404, "not_found_error", "not_found", "no such route: path=" + path);
    }

    static ApiError methodNotAllowed(String method, String allowed) {
        return plain(405, INVALID, "method_not_allowed",
                "method not allowed on this route: expected=" + allowed + ", found=" + method);
    }

    static ApiError bodyTooLarge(long limit) {
        return new ApiError(413, "request_too_large_error", "body_too_large", Optional.empty(),
                "body is too large: limitBytes=" + limit, Map.of("limit_bytes", limit), OptionalInt.empty());
    }

    static ApiError queueFull(String message, int retryAfter) {
        return new ApiError(429, "rate_limit_error", "queue_full", Optional.empty(), message, Map.of(),
                OptionalInt.of(retryAfter));
    }

    static ApiError engineFault(String message) {
        return plain(500, "server_error", "engine_fault", message);
    }

    static ApiError unavailable(String code, String message) {
        return new ApiError(503, "unavailable_error", code, Optional.empty(), message, Map.of(), OptionalInt.of(2));
    }

    /** The body: {@code {"error":{...}}} with all four keys. */
    byte[] body() {
        return JsonWriter.bytes(json -> {
            var error = new LinkedHashMap<String, Object>();
            error.put("message", message);
            error.put("type", type);
            error.put("param", param.orElse(null));
            error.put("code", code);
            error.putAll(figures);
            json.object(() -> json.member("error", error));
        });
    }

    private static ApiError invalid(String code, Optional<String> param, String message) {
        return new ApiError(400, INVALID, code, param, message, Map.of(), OptionalInt.empty());
    }

    private static ApiError plain(int status, String type, String code, String message) {
        return new ApiError(status, type, code, Optional.empty(), message, Map.of(), OptionalInt.empty());
    }
}
