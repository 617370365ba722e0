package dev.outpost.runtime.http.blocks;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Where and how the listener listens.
 *
 * @param host address to bind
 * @param port port; 0 takes a free one
 * @param tls asked at the start and at each {@link BlockServer#reload}; empty is plain HTTP
 * @param clients whether TLS clients must bring a certificate
 * @param maxConnections most connections at once
 * @param idle how long a connection may wait for a request, or for the rest of one
 * @param stall how long a reader may take nothing of an answer
 */
public record BlockServerSettings(String host, int port, Optional<Supplier<SSLContext>> tls, Clients clients,
        int maxConnections, Duration idle, Duration stall) {

    /** What is asked of a TLS client. */
    public enum Clients {
        /** No certificate is asked for. */
        ANY,
        /** A certificate is asked for and may be absent: enrolment comes without one. */
        MAY_HAVE_CERTIFICATE,
        /** No certificate, no connection. */
        MUST_HAVE_CERTIFICATE
    }

    /** Plain HTTP, 256 connections, 30 s idle, 30 s stalled. */
    public static BlockServerSettings plain(String host, int port) {
        return new BlockServerSettings(host, port, Optional.empty(), Clients.ANY, 256, Duration.ofSeconds(30),
                Duration.ofSeconds(30));
    }

    /** The same over TLS. */
    public BlockServerSettings withTls(Supplier<SSLContext> context, Clients which) {
        return new BlockServerSettings(host, port, Optional.of(context), which, maxConnections, idle, stall);
    }

    /** The same with other bounds. */
    public BlockServerSettings withBounds(int connections, Duration idleTime, Duration stallTime) {
        return new BlockServerSettings(host, port, tls, clients, connections, idleTime, stallTime);
    }
}
