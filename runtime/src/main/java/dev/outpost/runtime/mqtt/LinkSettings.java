package dev.outpost.runtime.mqtt;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * One link.
 *
 * @param name {@code fleet} or {@code site}
 * @param tls asked for each connection, so that a rotated certificate is used by the next one; empty is plain TCP
 * @param clientId unique at the broker
 * @param keepAlive ping interval; half-open is seen within 1.5 of it
 * @param connectDeadline for TCP, TLS and CONNACK together
 * @param publishDeadline after which an unacknowledged message ends the connection
 * @param maximumPacket largest packet accepted, bytes
 * @param inFlight most messages unacknowledged at once; the broker may allow fewer
 * @param bytesPerSecond bound on what is sent; 0 is none
 * @param pace how often a connection is tried
 * @param will published by the broker when the connection breaks
 * @param credentials user name and password at the broker, asked for each connection
 * @param sessions asked before each attempt; what it says of address and will goes before the above
 */
public record LinkSettings(String name, String host, int port, Optional<Supplier<SSLContext>> tls, String clientId,
        Duration keepAlive, Duration connectDeadline, Duration publishDeadline, int maximumPacket, int inFlight,
        long bytesPerSecond, PaceSettings pace, Optional<MqttOutgoing> will,
        Optional<Supplier<LinkCredentials>> credentials, Optional<Supplier<LinkSession>> sessions) {

    /** Shipped defaults for a link. */
    public static LinkSettings of(String name, String host, int port, String clientId) {
        return new LinkSettings(name, host, port, Optional.empty(), clientId, Duration.ofSeconds(30),
                Duration.ofSeconds(15), Duration.ofSeconds(10), 256 << 10, 8, 0, PaceSettings.DEFAULT,
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    public LinkSettings withPace(PaceSettings other) {
        return new LinkSettings(name, host, port, tls, clientId, keepAlive, connectDeadline, publishDeadline,
                maximumPacket, inFlight, bytesPerSecond, other, will, credentials, sessions);
    }

    public LinkSettings withDeadlines(Duration keepAlive, Duration connect, Duration publish) {
        return new LinkSettings(name, host, port, tls, clientId, keepAlive, connect, publish, maximumPacket, inFlight,
                bytesPerSecond, pace, will, credentials, sessions);
    }

    public LinkSettings withTls(Supplier<SSLContext> context) {
        return new LinkSettings(name, host, port, Optional.of(context), clientId, keepAlive, connectDeadline,
                publishDeadline, maximumPacket, inFlight, bytesPerSecond, pace, will, credentials, sessions);
    }

    public LinkSettings withWill(MqttOutgoing message) {
        return new LinkSettings(name, host, port, tls, clientId, keepAlive, connectDeadline, publishDeadline,
                maximumPacket, inFlight, bytesPerSecond, pace, Optional.of(message), credentials, sessions);
    }

    public LinkSettings withBytesPerSecond(long rate) {
        return new LinkSettings(name, host, port, tls, clientId, keepAlive, connectDeadline, publishDeadline,
                maximumPacket, inFlight, rate, pace, will, credentials, sessions);
    }

    /** Credentials, asked for each connection. */
    public LinkSettings withCredentials(Supplier<LinkCredentials> supplier) {
        return new LinkSettings(name, host, port, tls, clientId, keepAlive, connectDeadline, publishDeadline,
                maximumPacket, inFlight, bytesPerSecond, pace, will, Optional.of(supplier), sessions);
    }

    /** The same to another end: a link beside this one. */
    public LinkSettings named(String other, String otherClientId) {
        return new LinkSettings(other, host, port, tls, otherClientId, keepAlive, connectDeadline, publishDeadline,
                maximumPacket, inFlight, bytesPerSecond, pace, will, credentials, sessions);
    }

    /** A session of its own for each connection. */
    public LinkSettings withSessions(Supplier<LinkSession> next) {
        return new LinkSettings(name, host, port, tls, clientId, keepAlive, connectDeadline, publishDeadline,
                maximumPacket, inFlight, bytesPerSecond, pace, will, credentials, Optional.of(next));
    }

    LinkSession nextSession() {
        return sessions.map(Supplier::get).orElseGet(() -> new PlainSession(host, port, will));
    }
}
