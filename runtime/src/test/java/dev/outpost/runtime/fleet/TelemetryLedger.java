package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.fleet.wire.TelemetryAck;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The far end: keeps each record by (stream, sequence), acknowledges what it has without a hole, counts repeats. */
final class TelemetryLedger implements AutoCloseable {

    private final MqttGateway gateway;
    private final MqttPort link;
    private final Map<RecordClass, Map<Long, String>> records = new EnumMap<>(RecordClass.class);
    private final Map<RecordClass, Long> next = new EnumMap<>(RecordClass.class);
    private long repeats;
    private long contradictions;

    /** @param port of the broker itself: only the device's side flaps */
    TelemetryLedger(int port) {
        for (var kind : RecordClass.values()) {
            records.put(kind, new HashMap<>());
            next.put(kind, 0L);
        }
        gateway = new MqttGateway(List.of(TelemetryProducer.link(port, "hub")),
                RandomGenerator.of("L64X128MixRandom"));
        link = gateway.link("fleet").orElseThrow();
        link.subscribe(TopicPlan.any("tlm/+"), 1, this::arrived);
        gateway.start();
    }

    boolean connected() {
        return link.status().state() == LinkStatus.State.CONNECTED;
    }

    /** What was received under one identity, as JSON; absent is {@code ""}. */
    synchronized String record(RecordClass kind, long sequence) {
        return records.get(kind).getOrDefault(sequence, "");
    }

    synchronized Map<Long, String> all(RecordClass kind) {
        return Map.copyOf(records.get(kind));
    }

    /** Records that came again under the same identity with the same content: harmless. */
    synchronized long repeats() {
        return repeats;
    }

    /** Records that came again under the same identity with other content: never. */
    synchronized long contradictions() {
        return contradictions;
    }

    @Override
    public void close() {
        gateway.close();
    }

    private synchronized void arrived(MqttIncoming message) {
        if (message.topic().endsWith("/ack")) {
            return;
        }
        try {
            var batch = TelemetryBatch.inflate(message.payload());
            var kind = batch.kind();
            long expected = next.get(kind);
            if (batch.first() <= expected || expected < batch.oldest()) {
                long sequence = batch.first();
                for (var entry : batch.entries()) {
                    keep(kind, sequence++, entry.record());
                }
                next.put(kind, Math.max(expected, batch.last() + 1));
            }
            byte[] ack = new TelemetryAck(kind.stream(), TelemetryBatch.hex(batch.run()), next.get(kind) - 1).encode();
            link.publish(MqttOutgoing.of(TopicPlan.of(message.topic()).own("tlm/ack"),
                    ack, 1, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keep(RecordClass kind, long sequence, JsonValue record) {
        String text = JsonWriter.text(record);
        String before = records.get(kind).putIfAbsent(sequence, text);
        if (before != null) {
            repeats++;
            contradictions += before.equals(text) ? 0 : 1;
        }
    }
}
