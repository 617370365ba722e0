package dev.outpost.runtime.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the HTTP listener is started with.
 *
 * @param host address to bind; only loopback names until access keys exist
 * @param port TCP port, 0 picks a free one
 * @param model id the model is served under, {@code [A-Za-z0-9._-]{1,64}}
 * @param aliases further names a request may use, same form
 * @param modelCreated what {@code created} and {@code release_date} of the model list say
 * @param allowedHosts further names a {@code Host} header may carry, without port; loopback names are always allowed
 * @param queueLimit requests of one class that may wait, 1 to 1,024; further ones get 429
 * @param maxChoices most choices one request may ask for ({@code n} times prompts), at least 1
 * @param maxBodyBytes largest request body, in bytes
 * @param maxConnections TCP connections held at once
 * @param headerTimeout from a request's first byte to the end of its headers
 * @param bodyTimeout from the end of the headers to the end of the body
 * @param idleTimeout how long a connection may stay open without a request
 * @param requestTimeout total time of one answer, queueing included
 */
public record ApiSettings(String host, int port, String model, List<String> aliases, Instant modelCreated,
        List<String> allowedHosts, int queueLimit, int maxChoices, int maxBodyBytes, int maxConnections,
        Duration headerTimeout, Duration bodyTimeout, Duration idleTimeout, Duration requestTimeout) {

    public static final int DEFAULT_PORT = 8484;

    public ApiSettings {
        aliases = List.copyOf(aliases);
        allowedHosts = List.copyOf(allowedHosts);
        requireName(model);
        aliases.forEach(ApiSettings::requireName);
        requireRange("port", port, 0, 65_535);
        requireRange("queueLimit", queueLimit, 1, 1_024);
        requireRange("maxChoices", maxChoices, 1, 128);
        requireRange("maxBodyBytes", maxBodyBytes, 1, 64 << 20);
        requireRange("maxConnections", maxConnections, 1, 65_536);
    }

    /** The defaults of the reference pages, on 127.0.0.1:8484. */
    public static ApiSettings of(String model) {
        return new ApiSettings("127.0.0.1", DEFAULT_PORT, model, List.of(), Instant.now(), List.of(), 16, 16, 1 << 20,
                2_048, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(10));
    }

    public ApiSettings withAddress(String newHost, int newPort) {
        return new ApiSettings(newHost, newPort, model, aliases, modelCreated, allowedHosts, queueLimit, maxChoices,
                maxBodyBytes, maxConnections, headerTimeout, bodyTimeout, idleTimeout, requestTimeout);
    }

    public ApiSettings withAliases(List<String> newAliases) {
        return new ApiSettings(host, port, model, newAliases, modelCreated, allowedHosts, queueLimit, maxChoices,
                maxBodyBytes, maxConnections, headerTimeout, bodyTimeout, idleTimeout, requestTimeout);
    }

    public ApiSettings withModelCreated(Instant created) {
        return new ApiSettings(host, port, model, aliases, created, allowedHosts, queueLimit, maxChoices, maxBodyBytes,
                maxConnections, headerTimeout, bodyTimeout, idleTimeout, requestTimeout);
    }

    public ApiSettings withQueueLimit(int limit) {
        return new ApiSettings(host, port, model, aliases, modelCreated, allowedHosts, limit, maxChoices, maxBodyBytes,
                maxConnections, headerTimeout, bodyTimeout, idleTimeout, requestTimeout);
    }

    public ApiSettings withTimeouts(Duration header, Duration body, Duration idle, Duration request) {
        return new ApiSettings(host, port, model, aliases, modelCreated, allowedHosts, queueLimit, maxChoices,
                maxBodyBytes, maxConnections, header, body, idle, request);
    }

    static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("model name: expected [A-Za-z0-9._-]{1,64}, length=" + name.length());
        }
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " out of range: expected " + least + ".." + most + ", found=" + value);
        }
    }
}
