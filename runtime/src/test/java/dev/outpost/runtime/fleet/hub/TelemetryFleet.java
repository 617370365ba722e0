package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.fleet.RecordClass;
import dev.outpost.runtime.fleet.SpoolSettings;
import dev.outpost.runtime.fleet.TelemetrySpool;
import dev.outpost.runtime.fleet.TelemetryUplink;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Devices that do nothing but produce telemetry, with real spools and links, and the judge of what arrived. */
final class TelemetryFleet implements AutoCloseable {

    private record Box(String id, TelemetrySpool spool, MqttGateway gateway, TelemetryUplink uplink) {}

    private final HubRig rig;
    private final List<Box> boxes = new ArrayList<>();
    private int produced;

    TelemetryFleet(HubRig rig, Path spools, int port, int devices) {
        this.rig = rig;
        for (int i = 0; i < devices; i++) {
            String id = "box-" + i;
            rig.register(id, "line-a");
            var gateway = HubRig.link(port, id);
            var spool = TelemetrySpool.open(spools.resolve(id), SpoolSettings.DEFAULT, 1_000 + i,
                    InstantSource.system());
            boxes.add(new Box(id, spool, gateway, new TelemetryUplink(spool, gateway.link("fleet").orElseThrow(),
                    new TopicPlan(HubRig.SITE, id), Duration.ofSeconds(1))));
            gateway.start();
        }
    }

    /** Each device accepts this many records more, every tenth an alarm. */
    void produce(int records) {
        for (int i = 0; i < records; i++) {
            for (var box : boxes) {
                box.spool().accept(produced % 10 == 0 ? RecordClass.ALARM : RecordClass.METRIC,
                        JsonObject.of(Map.of()).with("device", box.id()).with("n", produced));
            }
            produced++;
        }
    }

    /** Records in the database. */
    long stored() {
        return rig.database.telemetry().counts().values().stream().mapToLong(Long::longValue).sum();
    }

    boolean acknowledged() {
        return boxes.stream().flatMap(box -> box.spool().backlog().values().stream())
                .allMatch(backlog -> backlog.waiting() == 0);
    }

    /** What is wrong; empty when each device's records are there, each once. */
    List<String> judge() {
        var wrong = new ArrayList<String>();
        for (var box : boxes) {
            var rows = rig.database.telemetry().newest(box.id(), 10 * produced);
            var numbers = new HashSet<Long>();
            for (var row : rows) {
                var fields = JsonFields.of(JsonReader.read(row.json().getBytes(StandardCharsets.UTF_8), 1024), "r");
                if (!fields.text("device", 64).equals(box.id()) || !numbers.add(fields.whole("n", 0, produced - 1))) {
                    wrong.add(box.id() + ": doubled or another's: " + row.json());
                }
            }
            if (numbers.size() != produced) {
                wrong.add(box.id() + ": lost: expected=" + produced + ", found=" + numbers.size());
            }
        }
        return wrong;
    }

    @Override
    public void close() {
        boxes.forEach(box -> {
            box.uplink().close();
            box.gateway().close();
            box.spool().close();
        });
    }
}
