package dev.outpost.runtime.fleet.hub;

import dev.outpost.runtime.fleet.hub.HubCounters.Count;
import dev.outpost.runtime.fleet.hub.database.CommandRow;
import dev.outpost.runtime.fleet.hub.database.CommandRow.State;
import dev.outpost.runtime.fleet.hub.database.CommandTable;
import dev.outpost.runtime.fleet.wire.CommandAck;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sends the commands nobody acknowledged yet: at each birth of their device, and now and then while it is there. A
 * device obeys a command once, however often it comes.
 */
final class CommandSender {

    private final CommandTable table;
    private final MqttPort link;
    private final HubTopics topics;
    private final PresenceWatch presences;
    private final HubCounters counters;
    private final InstantSource clock;
    private final Duration resend;
    private final Map<String, Instant> sent = new HashMap<>();

    CommandSender(CommandTable table, MqttPort link, HubTopics topics, PresenceWatch presences, HubCounters counters,
            InstantSource clock, Duration resend) {
        this.table = table;
        this.link = link;
        this.topics = topics;
        this.presences = presences;
        this.counters = counters;
        this.clock = clock;
        this.resend = resend;
    }

    /** A device was born: what it may have missed is sent at the next tick. */
    synchronized void born(String device) {
        sent.keySet().removeIf(key -> key.startsWith(device + "/"));
    }

    /** Sends what is due. */
    synchronized void tick() {
        var now = clock.instant();
        List<CommandRow> waiting = table.waiting(now);
        var keys = waiting.stream().map(CommandSender::key).collect(Collectors.toSet());
        sent.keySet().retainAll(keys);
        for (var command : waiting) {
            var last = sent.getOrDefault(key(command), Instant.MIN);
            if (presences.online(command.device()) && (last == Instant.MIN || last.plus(resend).isBefore(now))) {
                send(command, now);
            }
        }
    }

    /** A device said where a command stands. */
    void acknowledged(String device, CommandAck ack) {
        var state = switch (ack.state()) {
            case ACCEPTED -> State.ACCEPTED;
            case RUNNING -> State.RUNNING;
            case DONE -> State.DONE;
            case FAILED -> State.FAILED;
        };
        table.acknowledged(ack.id(), device, state, ack.detail(), clock.instant());
    }

    private void send(CommandRow command, Instant now) {
        String topic = topics.device(command.device()).own("cmd/" + command.id());
        var message = MqttOutgoing.of(topic, command.envelope(), 1, false)
                .expiringIn(Duration.between(now, command.expires()).plusSeconds(1))
                .answerTo(topic + "/ack", command.id().getBytes(StandardCharsets.UTF_8));
        link.publish(message).thenRun(() -> {
            counters.add(Count.COMMANDS);
            sentAt(command, now);
        });
    }

    private synchronized void sentAt(CommandRow command, Instant now) {
        sent.put(key(command), now);
    }

    private static String key(CommandRow command) {
        return command.device() + "/" + command.id();
    }
}
