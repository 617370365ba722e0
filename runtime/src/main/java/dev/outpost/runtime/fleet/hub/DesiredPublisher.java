package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.runtime.fleet.hub.HubCounters.Count;
import dev.outpost.runtime.fleet.hub.database.DesiredRow;
import dev.outpost.runtime.fleet.hub.database.DesiredTable;
import dev.outpost.runtime.fleet.wire.Desired;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Keeps the broker's retained desired documents equal to the database's. All are published anew after each connect: the
 * broker may have forgotten them, and a device ignores what it knows. The poll's thread, but for {@link #forget}.
 */
final class DesiredPublisher {

    private static final System.Logger LOG = System.getLogger(DesiredPublisher.class.getName());

    private final DesiredTable table;
    private final MqttPort link;
    private final HubTopics topics;
    private final HubCounters counters;
    /** Version acknowledged by the broker of this connection, by addressee. */
    private final Map<String, Long> acknowledged = new HashMap<>();

    DesiredPublisher(DesiredTable table, MqttPort link, HubTopics topics, HubCounters counters) {
        this.table = table;
        this.link = link;
        this.topics = topics;
        this.counters = counters;
    }

    /** The connection is a new one. Any thread. */
    void forget() {
        synchronized (acknowledged) {
            acknowledged.clear();
        }
    }

    /** Publishes what changed. */
    void publish() {
        if (link.status().state() != LinkStatus.State.CONNECTED) {
            return;
        }
        boolean news = table.versions().entrySet().stream().anyMatch(entry -> entry.getValue() > known(entry.getKey()));
        if (news) {
            table.all().stream().filter(row -> row.version() > known(row.addressee().key())).forEach(this::publish);
        }
    }

    private void publish(DesiredRow row) {
        byte[] message;
        try {
            message = Desired.of(row.envelope(), row.documents().stream().map(DesiredPublisher::reference).toList())
                    .encode();
        } catch (ProvisioningException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "desired document cannot be published: addressee="
                    + row.addressee().key() + ", version=" + row.version(), e);
            keep(row);
            return;
        }
        var sent = link.publish(MqttOutgoing.of(topics.desired(row.addressee()), message, 1, true));
        sent.whenComplete((nothing, failure) -> {
            if (failure == null) {
                keep(row);
            }
        });
        sent.exceptionally(failure -> null).join();
        if (!sent.isCompletedExceptionally()) {
            counters.add(Count.PUBLISHED);
            table.published(row.addressee(), row.version());
        }
    }

    private static Desired.Reference reference(DesiredRow.Reference reference) {
        return new Desired.Reference(Desired.Kind.valueOf(reference.kind().toUpperCase(Locale.ROOT)),
                reference.digest(), Math.toIntExact(reference.bytes()));
    }

    private void keep(DesiredRow row) {
        synchronized (acknowledged) {
            acknowledged.put(row.addressee().key(), row.version());
        }
    }

    private long known(String addressee) {
        synchronized (acknowledged) {
            return acknowledged.getOrDefault(addressee, 0L);
        }
    }
}
