package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.sparkplug.MetricValue.Int;
import dev.outpost.runtime.sparkplug.MetricValue.Real;
import dev.outpost.runtime.sparkplug.MetricValue.Whole;
import dev.outpost.runtime.sparkplug.MetricValue.Words;
import dev.outpost.runtime.sparkplug.SparkplugSettings.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Four lives of an edge node, played once and kept as what brokers saw; every assertion is judged on these records.
 *
 * @param plain no primary host: births, data of every kind, a lost device, rebirths, commands, a cut, an end, a restart
 * @param aliased the same with aliases, short
 * @param hosted with a primary host at one broker that comes, goes and comes again; bdSeq begins at 255
 * @param walking with a primary host at two brokers, and an order to go to the next
 * @param deaths NDEATHs of {@code plain} as a host heard them
 * @param rebirthMillis from a rebirth request to its NBIRTH, at the broker
 * @param hosting what was seen around the primary host's comings and goings
 * @param quiet messages of the plain life while nothing changed, over twenty looks
 * @param commands what commands did, and what they did not
 */
record Conformance(EdgeRecord plain, EdgeRecord aliased, EdgeRecord hosted, EdgeRecord walking,
        List<MqttIncoming> deaths, List<Double> rebirthMillis, Hosting hosting, int quiet, Commands commands) {

    /** All four. */
    List<Life> lives() {
        return List.of(new Life(PLAIN, plain), new Life(ALIASED, aliased), new Life(HOSTED, hosted),
                new Life(WALKING, walking));
    }

    /** Every message of a kind in all four, in its place. */
    List<Life.Spoken> spoken(String... verbs) {
        return lives().stream().flatMap(life -> life.spoken().stream())
                .filter(each -> List.of(verbs).contains(each.said().verb())).toList();
    }

    List<Life.Spoken> births() {
        return spoken("NBIRTH", "DBIRTH");
    }

    List<Life.Spoken> data() {
        return spoken("NDATA", "DDATA");
    }

    /** All that are numbered. */
    List<Life.Spoken> numbered() {
        return spoken("NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH");
    }

    List<EdgeRecord.Said> wills() {
        return lives().stream().flatMap(life -> life.record().wills().stream()).toList();
    }

    List<Packet.Connect> connects() {
        return lives().stream().flatMap(life -> life.record().connectPackets().stream()).toList();
    }

    List<EdgeRecord> sessions() {
        return lives().stream().flatMap(life -> life.record().sessions().stream()).toList();
    }

    static final EdgeId PLAIN = new EdgeId("Werk 1", "box-plain");
    static final EdgeId ALIASED = new EdgeId("Werk 1", "box-aliased");
    static final EdgeId HOSTED = new EdgeId("Werk 2", "box-hosted");
    static final EdgeId WALKING = new EdgeId("Werk 2", "box-walking");

    /**
     * Births counted at the moments that matter for a primary host.
     *
     * @param beforeAny connected, no STATE at all
     * @param otherHost another host is online
     * @param offline the primary host says it is offline
     * @param online it is online
     * @param olderOffline connections after an older offline STATE
     * @param afterOffline births after it went offline, and an older online STATE
     * @param again births after it came back
     */
    record Hosting(int beforeAny, int otherHost, int offline, int online, int olderOffline, int afterOffline,
            int again) {}

    /** What the device's metric held after commands that must do nothing, and after the one that must. */
    record Commands(MetricValue before, MetricValue after, int birthsByFalse, int birthsByOtherVerb) {}

    static Conformance play(Path directory) throws IOException {
        var tape = new Tape();
        try (var one = new RecordingBroker("one", directory.resolve("one"), tape);
                var two = new RecordingBroker("two", directory.resolve("two"), tape)) {
            var plain = new PlainLife(tape, one, directory.resolve("state-plain")).play();
            var aliased = aliased(tape, one.port(), directory.resolve("state-aliased"));
            var hostedState = Files.createDirectories(directory.resolve("state-hosted"));
            Files.writeString(hostedState.resolve("bdseq"), "255\n");
            var hosting = hosted(tape, one.port(), hostedState);
            walking(tape, one.port(), two.port(), directory.resolve("state-walking"));
            return new Conformance(tape.of(PLAIN.node()), aliased, tape.of(HOSTED.node()), tape.of(WALKING.node()),
                    plain.deaths(), plain.rebirthMillis(), hosting, plain.quiet(), plain.commands());
        }
    }

    static SparkplugSettings settings(EdgeId id, int... ports) {
        var servers = new ArrayList<Server>();
        for (int port : ports) {
            servers.add(new Server("127.0.0.1", port));
        }
        return SparkplugSettings.of(id, servers).withInterval(Duration.ofMillis(20));
    }

    private static EdgeRecord aliased(Tape tape, int port, Path state) {
        String me = ALIASED.node();
        try (var host = new HostApplication("scada-a", port);
                var rig = new EdgeRig(settings(ALIASED, port).withAliases(true), state)) {
            tape.await("births", me, record -> record.births().size() == 3);
            rig.set("Temperature", new Real(30));
            rig.set("Level", new MetricValue.Single(0.75f));
            tape.await("data of both", me, record -> !record.said("NDATA").isEmpty()
                    && !record.said("DDATA").isEmpty());
            long alias = tape.of(me).said("NBIRTH").getFirst().metric("Firmware").orElseThrow().getAlias();
            host.command(ALIASED.topic("NCMD"), new Metric(java.util.Optional.empty(), OptionalLong.of(alias),
                    OptionalLong.empty(), java.util.Optional.empty(), false, new Words("2.0"), List.of()));
            HostApplication.await(() -> rig.plant().value("Firmware").filter(new Words("2.0")::equals).isPresent());
            host.rebirth(ALIASED);
            tape.await("rebirth", me, record -> record.births().size() == 6);
        }
        return tape.await("end", me, EdgeRecord::disconnected);
    }

    private static Hosting hosted(Tape tape, int port, Path state) {
        String me = HOSTED.node();
        try (var host = new HostApplication("scada-1", port);
                var other = new HostApplication("scada-2", port);
                var rig = new EdgeRig(settings(HOSTED, port).withPrimaryHost("scada-1"), state)) {
            tape.await("subscription", me, record -> !record.subscribes().isEmpty());
            int beforeAny = looks(rig, tape, me);
            other.state(true, 5_000);
            host.say(EdgeId.state("scada-1"), "not a state".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            int otherHost = looks(rig, tape, me);
            host.state(false, 900);
            int offline = looks(rig, tape, me);
            host.state(true, 1_000);
            tape.await("births", me, record -> record.births().size() == 3);
            int online = tape.of(me).births().size();
            host.state(false, 999);
            rig.set("Requests", new Whole(1));
            tape.await("data after an older STATE", me, record -> record.said("NDATA").stream()
                    .anyMatch(said -> said.metric("Requests").filter(m -> m.getLongValue() == 1).isPresent()));
            int olderOffline = tape.of(me).connects().size();
            host.state(false, 1_000);
            tape.await("second session", me, record -> record.sessions().size() == 2
                    && !record.sessions().getLast().subscribes().isEmpty());
            host.state(true, 998);
            rig.set("Requests", new Whole(2));
            looks(rig, tape, me);
            rig.set("Requests", new Whole(3));
            rig.set("Setpoint", new Int(12));
            int afterOffline = looks(rig, tape, me) - online;
            host.state(true, 2_000);
            tape.await("births again", me, record -> record.births().size() == 6);
            int again = tape.of(me).births().size() - online;
            tape.await("history", me, record -> record.data().stream().filter(said -> said.metrics().stream()
                    .anyMatch(m -> m.getIsHistorical())).count() >= 2);
            rig.set("Requests", new Whole(4));
            tape.await("news after history", me, record -> record.said("NDATA").stream()
                    .anyMatch(said -> said.metric("Requests").filter(m -> m.getLongValue() == 4).isPresent()));
            return new Hosting(beforeAny, otherHost, offline, online, olderOffline, afterOffline, again);
        }
    }

    /** Lets the node look twice more, and counts births. */
    private static int looks(EdgeRig rig, Tape tape, String me) {
        rig.plant().awaitReads(2);
        return tape.of(me).births().size();
    }

    private static void walking(Tape tape, int portOne, int portTwo, Path state) {
        String me = WALKING.node();
        var settings = settings(WALKING, portOne, portTwo).withPrimaryHost("scada-w");
        try (var hostOne = new HostApplication("scada-w", portOne);
                var hostTwo = new HostApplication("scada-w", portTwo)) {
            hostOne.state(true, 100);
            hostTwo.state(true, 50);
            try (var rig = new EdgeRig(settings, state)) {
                tape.await("births at one", me, record -> record.births().size() == 3);
                hostOne.state(false, 200);
                tape.await("births at two", me, record -> record.births().size() == 6);
                hostOne.state(true, 300);
                hostTwo.command(WALKING.topic("NCMD"), Metric.flag(EdgeSession.NEXT_SERVER, true));
                tape.await("births at one again", me, record -> record.births().size() == 9);
                HostApplication.await(() -> rig.node().status().births() == 3);
            }
            tape.await("end", me, record -> record.sessions().size() == 3 && record.sessions().getLast()
                    .disconnected());
        }
    }
}
