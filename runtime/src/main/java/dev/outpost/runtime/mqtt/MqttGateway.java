package dev.outpost.runtime.mqtt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** All links of this runtime. With none configured it is empty, and everything else works the same. Any thread. */
public final class MqttGateway implements AutoCloseable {

    private static final int MOST_LINKS = 3;

    private final Map<String, BrokerLink> links = new LinkedHashMap<>();

    /** Makes the links; none connects before {@link #start()}. */
    public MqttGateway(List<LinkSettings> settings, RandomGenerator random) {
        if (settings.size() > MOST_LINKS) {
            throw new IllegalArgumentException("too many links: expected <= " + MOST_LINKS + ", found="
                    + settings.size());
        }
        settings.forEach(link -> links.put(link.name(), new BrokerLink(link, random)));
    }

    /** Starts connecting; returns at once, whatever the brokers do. */
    public void start() {
        links.values().forEach(BrokerLink::start);
    }

    /** Starts one link; another time does nothing. */
    public void start(String name) {
        BrokerLink link = links.get(name);
        if (link != null) {
            link.start();
        }
    }

    public Optional<MqttPort> link(String name) {
        return Optional.ofNullable(links.get(name));
    }

    public Map<String, LinkStatus> status() {
        var status = new LinkedHashMap<String, LinkStatus>();
        links.forEach((name, link) -> status.put(name, link.status()));
        return status;
    }

    /** A carrier, route or name resolution is back. */
    public void networkReturned() {
        links.values().forEach(BrokerLink::linkReturned);
    }

    @Override
    public void close() {
        links.values().forEach(BrokerLink::close);
    }
}
