package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.net.URI;

/**
 * Where a broker is: {@code mqtt://host:port} or {@code mqtts://host:port}; {@code tcp}, {@code ssl} and {@code tls} mean
 * the same. Without a port it is 1883, with TLS 8883.
 *
 * @param host name or address
 * @param port TCP port
 * @param tls whether the connection is secured
 */
public record BrokerAddress(String host, int port, boolean tls) {

    /**
     * Reads an address.
     *
     * @throws RefusedException when it is none
     */
    public static BrokerAddress of(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw refused(url);
        }
        if (uri.getScheme() == null || uri.getHost() == null) {
            throw refused(url);
        }
        boolean secured = switch (uri.getScheme()) {
            case "mqtts", "ssl", "tls" -> true;
            case "mqtt", "tcp" -> false;
            default -> throw refused(url);
        };
        int port = uri.getPort() > 0 ? uri.getPort() : secured ? 8883 : 1883;
        return new BrokerAddress(uri.getHost(), port, secured);
    }

    private static RefusedException refused(String url) {
        return new RefusedException(Refusal.MALFORMED_DOCUMENT,
                "not a broker's address: expected=mqtts://HOST:PORT, found=" + url);
    }
}
