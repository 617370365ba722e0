package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.sparkplug.Conformance.Commands;
import dev.outpost.runtime.sparkplug.MetricValue.Flag;
import dev.outpost.runtime.sparkplug.MetricValue.Int;
import dev.outpost.runtime.sparkplug.MetricValue.Octets;
import dev.outpost.runtime.sparkplug.MetricValue.Real;
import dev.outpost.runtime.sparkplug.MetricValue.Single;
import dev.outpost.runtime.sparkplug.MetricValue.Whole;
import dev.outpost.runtime.sparkplug.MetricValue.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The life of an edge node that waits for nobody. */
final class PlainLife {

    record Outcome(List<MqttIncoming> deaths, List<Double> rebirthMillis, int quiet, Commands commands) {}

    private static final EdgeId ID = Conformance.PLAIN;
    private static final String ME = ID.node();

    private final Tape tape;
    private final RecordingBroker broker;
    private final int port;
    private final Path state;
    private final List<Double> rebirthMillis = new ArrayList<>();

    PlainLife(Tape tape, RecordingBroker broker, Path state) {
        this.tape = tape;
        this.broker = broker;
        this.port = broker.port();
        this.state = state;
    }

    Outcome play() {
        Commands commands;
        int quiet;
        List<MqttIncoming> deaths;
        try (var host = new HostApplication("scada-p", port)) {
            try (var rig = new EdgeRig(Conformance.settings(ID, port), state)) {
                tape.await("births", ME, record -> record.births().size() == 3);
                quiet = quiet(rig);
                kinds(rig);
                wrap(rig);
                loseDevice(rig);
                for (int i = 0; i < 20; i++) {
                    rebirth(host);
                }
                commands = commands(rig, host);
                cut();
            }
            tape.await("end", ME, EdgeRecord::disconnected);
            try (var rig = new EdgeRig(Conformance.settings(ID, port), state)) {
                tape.await("births after a restart", ME, record -> record.sessions().size() == 3
                        && record.sessions().getLast().births().size() == 3);
                HostApplication.await(() -> rig.node().status().born());
            }
            HostApplication.await(() -> host.heard(ID.topic("NDEATH")).size() >= 5);
            deaths = host.heard(ID.topic("NDEATH"));
        }
        return new Outcome(deaths, rebirthMillis, quiet, commands);
    }

    private int quiet(EdgeRig rig) {
        int before = tape.of(ME).said().size();
        rig.plant().awaitReads(20);
        return tape.of(ME).said().size() - before;
    }

    /** One change of each kind of value. */
    private void kinds(EdgeRig rig) {
        rig.set("Temperature", new Real(22));
        rig.set("Queue", new Int(3));
        rig.set("Energy", new Real(5));
        rig.set("Firmware", MetricValue.ABSENT);
        rig.set("Samples", new Octets(new byte[]{9, 0}));
        rig.set("Models", new MetricValue.Table(new DataSet(List.of("name"), List.of(DataType.STRING),
                List.of(List.of(new Words("other"))))));
        rig.set("Latency", Plant.latency(4));
        rig.set("Setpoint", new Int(-8));
        rig.set("Active", new Flag(false));
        rig.set("Wait", Plant.latency(5));
        rig.set("Fuel", new Single(1));
        for (String metric : List.of("Temperature", "Queue", "Energy", "Firmware", "Samples", "Models", "Latency")) {
            tape.await(metric, ME, record -> has(record, "NDATA", metric));
        }
        for (String metric : List.of("Setpoint", "Active", "Wait", "Fuel")) {
            tape.await(metric, ME, record -> has(record, "DDATA", metric));
        }
    }

    private static boolean has(EdgeRecord record, String verb, String metric) {
        return record.said(verb).stream().anyMatch(said -> said.metric(metric).isPresent());
    }

    /** More messages than there are sequence numbers. */
    private void wrap(EdgeRig rig) {
        for (int i = 1; i <= 300; i++) {
            int before = tape.of(ME).data().size();
            rig.set(i % 2 == 0 ? "Requests" : "Setpoint", i % 2 == 0 ? new Whole(i) : new Int(i));
            tape.await("message " + i, ME, record -> record.data().size() > before);
        }
    }

    private void loseDevice(EdgeRig rig) {
        rig.plant().sensor(false);
        rig.node().changed();
        tape.await("DDEATH", ME, record -> !record.said("DDEATH").isEmpty());
        rig.plant().sensor(true);
        rig.node().changed();
        tape.await("DBIRTH of the device that is back", ME, record -> record.births().size() == 4);
    }

    private void rebirth(HostApplication host) {
        int before = tape.of(ME).births().size();
        long asked = System.nanoTime();
        host.rebirth(ID);
        var record = tape.await("rebirth", ME, now -> now.births().size() == before + 3);
        rebirthMillis.add((record.births().get(before).nanos() - asked) / 1e6);
    }

    private Commands commands(EdgeRig rig, HostApplication host) {
        int births = tape.of(ME).births().size();
        host.command(ID.topic("NCMD"), Metric.flag(EdgeSession.REBIRTH, false));
        int reads = rig.plant().reads();
        HostApplication.await(() -> rig.plant().reads() > reads + 3);
        int byFalse = tape.of(ME).births().size() - births;
        host.command(ID.topic("DCMD", "engine"), Metric.flag(EdgeSession.REBIRTH, true));
        host.command(ID.topic("NDATA"), Metric.flag(EdgeSession.REBIRTH, true));
        host.command(ID.topic("DCMD", "engine"), Metric.text("Setpoint", "no number"),
                Metric.whole("Unknown", 1), Metric.flag("Active", true));
        var last = new Int(4_711);
        host.command(ID.topic("NCMD"), Metric.text("Firmware", "3.0"));
        HostApplication.await(() -> rig.plant().value("Firmware").filter(new Words("3.0")::equals).isPresent());
        int byOtherVerb = tape.of(ME).births().size() - births;
        var before = rig.plant().value("Setpoint").orElseThrow();
        host.command(ID.topic("DCMD", "engine"), Metric.of("Setpoint", DataType.INT32, last).at(1));
        HostApplication.await(() -> rig.plant().value("Setpoint").filter(last::equals).isPresent());
        tape.await("DDATA that shows the command", ME, record -> record.said("DDATA").stream().anyMatch(
                said -> said.metric("Setpoint").filter(metric -> metric.getIntValue() == 4_711).isPresent()));
        return new Commands(before, rig.plant().value("Setpoint").orElseThrow(), byFalse, byOtherVerb);
    }

    private void cut() {
        int sessions = tape.of(ME).sessions().size();
        broker.cut(ME);
        tape.await("births after a cut", ME, record -> record.sessions().stream().filter(s -> !s.births().isEmpty())
                .count() == sessions + 1 && record.sessions().getLast().births().size() == 3);
    }
}
