package dev.outpost.runtime.sparkplug;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One edge node.
 *
 * @param primaryHost id of the host application without which nothing is published
 * @param aliases whether data carries numbers in place of names
 * @param interval between two looks at the metrics, at least 10 ms; what did not change is not sent
 * @param servers where to connect, in this order, one at a time; at least one
 * @param hostPatience how long to wait for the primary host at one of several servers
 */
public record SparkplugSettings(EdgeId id, Optional<String> primaryHost, boolean aliases, Duration interval,
        List<Server> servers, Duration hostPatience) {

    /** One broker. */
    public record Server(String host, int port) {}

    public SparkplugSettings {
        servers = List.copyOf(servers);
        primaryHost.ifPresent(host -> EdgeId.requireId("host", host));
        if (servers.isEmpty() || interval.toMillis() < 10) {
            throw new SparkplugException("expected a server and an interval >= 10 ms, found servers=" + servers.size()
                    + ", interval=" + interval);
        }
    }

    /** Without a primary host, without aliases, looking every 5 s; 30 s of patience. */
    public static SparkplugSettings of(EdgeId id, List<Server> servers) {
        return new SparkplugSettings(id, Optional.empty(), false, Duration.ofSeconds(5), servers,
                Duration.ofSeconds(30));
    }

    public SparkplugSettings withPrimaryHost(String host) {
        return new SparkplugSettings(id, Optional.of(host), aliases, interval, servers, hostPatience);
    }

    public SparkplugSettings withAliases(boolean wanted) {
        return new SparkplugSettings(id, primaryHost, wanted, interval, servers, hostPatience);
    }

    public SparkplugSettings withInterval(Duration other) {
        return new SparkplugSettings(id, primaryHost, aliases, other, servers, hostPatience);
    }

    public SparkplugSettings withHostPatience(Duration other) {
        return new SparkplugSettings(id, primaryHost, aliases, interval, servers, other);
    }

    /** Whether its session must be able to end alone, and so needs a connection of its own. */
    public boolean needsOwnLink() {
        return primaryHost.isPresent() || servers.size() > 1;
    }
}
