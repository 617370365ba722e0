package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.mqtt.LinkException;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.SessionPort;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * One Sparkplug session: what is said on one connection, numbered without a gap. Every method throws
 * {@link LinkException} once the connection is gone. One thread.
 */
final class EdgeSession {

    static final String REBIRTH = "Node Control/Rebirth";
    static final String NEXT_SERVER = "Node Control/Next Server";
    private static final String BD_SEQ = "bdSeq";
    private static final int NUMBERS = 256;

    private final SparkplugSettings settings;
    private final SessionPort port;
    private final int bdSeq;
    private final Map<String, Long> aliases;
    private final InstantSource clock;
    private final Set<String> bornDevices = new HashSet<>();
    private int seq;
    private volatile boolean born;

    /** @param aliases numbers given so far, by device and name; they stay the same over sessions */
    EdgeSession(SparkplugSettings settings, SessionPort port, int bdSeq, Map<String, Long> aliases,
            InstantSource clock) {
        this.settings = settings;
        this.port = port;
        this.bdSeq = bdSeq;
        this.aliases = aliases;
        this.clock = clock;
    }

    /** The death of a session with this number: the will, and what is said before leaving. */
    static MqttOutgoing death(EdgeId id, int bdSeq, long now) {
        var payload = new Payload(OptionalLong.of(now), OptionalLong.empty(), List.of(birthNumber(bdSeq).at(now)));
        return MqttOutgoing.of(id.topic("NDEATH"), PayloadCodec.encode(payload), 1, false);
    }

    private static Metric birthNumber(int bdSeq) {
        return Metric.whole(BD_SEQ, bdSeq);
    }

    boolean isOpen() {
        return port.isOpen();
    }

    boolean isBorn() {
        return born && port.isOpen();
    }

    boolean hasBorn(String device) {
        return bornDevices.contains(device);
    }

    /** The birth of the node and of all its devices, at once. */
    void birth(EdgeReading reading) {
        bornDevices.clear();
        seq = 0;
        long now = clock.millis();
        var metrics = new ArrayList<Metric>();
        metrics.add(numbered(Optional.empty(), birthNumber(bdSeq)));
        metrics.add(Metric.flag(REBIRTH, false));
        if (settings.servers().size() > 1) {
            metrics.add(numbered(Optional.empty(), Metric.flag(NEXT_SERVER, false)));
        }
        reading.templates().forEach(template -> metrics.add(numbered(Optional.empty(), template)));
        reading.node().forEach(metric -> metrics.add(numbered(Optional.empty(), metric)));
        publish("NBIRTH", Optional.empty(), metrics, now);
        born = true;
        reading.devices().forEach(this::birth);
    }

    void birth(String device, List<Metric> read) {
        var metrics = read.stream().map(metric -> numbered(Optional.of(device), metric)).toList();
        publish("DBIRTH", Optional.of(device), metrics, clock.millis());
        bornDevices.add(device);
    }

    /** @param past whether the values are of the past, and no news */
    void data(Optional<String> device, List<Metric> changed, boolean past) {
        var metrics = changed.stream().map(metric -> numbered(device, metric).asData(past)).toList();
        publish(device.isPresent() ? "DDATA" : "NDATA", device, metrics, clock.millis());
    }

    /** A device is gone. */
    void death(String device) {
        publish("DDEATH", Optional.of(device), List.of(), clock.millis());
        bornDevices.remove(device);
    }

    /** Ends the connection. */
    void leave() {
        port.leave();
    }

    /**
     * What is said before the connection ends in order: that the node is gone. A node that was never born here says
     * nothing, since a birth is what it must say first; for it the broker publishes the will. Any thread.
     */
    Optional<MqttOutgoing> farewell() {
        return born ? Optional.of(death(settings.id(), bdSeq, clock.millis())) : Optional.empty();
    }

    /** The name an alias of this device stands for. */
    Optional<String> name(Optional<String> device, long alias) {
        String prefix = key(device, "");
        return aliases.entrySet().stream()
                .filter(entry -> entry.getValue() == alias && entry.getKey().startsWith(prefix)).findFirst()
                .map(entry -> entry.getKey().substring(prefix.length()));
    }

    private Metric numbered(Optional<String> device, Metric metric) {
        if (!settings.aliases() || device.isEmpty() && metric.requiredName().equals(REBIRTH)) {
            return metric;
        }
        return metric.withAlias(aliases.computeIfAbsent(key(device, metric.requiredName()),
                any -> (long) aliases.size()));
    }

    private static String key(Optional<String> device, String name) {
        return device.orElse("") + "/" + name;
    }

    private void publish(String verb, Optional<String> device, List<Metric> metrics, long now) {
        var timed = metrics.stream().map(metric -> metric.timestamp().isPresent() ? metric : metric.at(now))
                .sorted(Comparator.comparingLong(metric -> metric.timestamp().getAsLong())).toList();
        var payload = new Payload(OptionalLong.of(now), OptionalLong.of(seq), timed);
        String topic = device.map(id -> settings.id().topic(verb, id)).orElseGet(() -> settings.id().topic(verb));
        send(MqttOutgoing.of(topic, PayloadCodec.encode(payload), 0, false));
        seq = (seq + 1) % NUMBERS;
    }

    private void send(MqttOutgoing message) {
        try {
            port.publish(message).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LinkException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
