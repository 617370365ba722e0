package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapter 5, first part: sessions of a node and its devices, from CONNECT to the end.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class SessionAssertionsTest {

    private final Conformance run;

    SessionAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-case-sensitivity-sparkplug-ids")
    void noTwoIdsDifferInCaseAlone() {
        var ids = run.numbered().stream().map(Life.Spoken::topic).distinct().toList();
        assertEquals(ids.size(), ids.stream().map(String::toLowerCase).distinct().count());
    }

    @Test
    @DisplayName("tck-id-case-sensitivity-metric-names")
    void noTwoMetricNamesDifferInCaseAlone() {
        every(run.births(),
                said -> said.metrics().stream().map(metric -> metric.getName().toLowerCase()).distinct().count() == said
                        .metrics().size());
        assertThrows(SparkplugException.class, () -> new EdgeReading(List.of(),
                List.of(Metric.flag("a", true), Metric.flag("A", true)), Map.of()));
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-ncmd-subscribe")
    void commandsAreSubscribedToAtLeastOnce() {
        every(run.lives(), life -> life.record().sessions().stream()
                .allMatch(session -> session.qosOf(life.id().topic("NCMD")).equals(List.of(1))));
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-connect")
    void everyBirthComesAfterConnectAndSubscribe() {
        every(run.sessions(), session -> session.births().stream()
                .allMatch(birth -> birth.order() > session.subscribes().getFirst().order()));
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-will-message")
    void everyConnectHasAWill() {
        every(run.connects(), connect -> connect.will().isPresent());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-will-message-topic")
    void theWillIsTheNodesDeath() {
        every(run.lives(), life -> life.record().wills().stream()
                .allMatch(will -> will.topic().equals(life.id().topic("NDEATH"))));
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-will-message-payload")
    void theWillIsAPayload() {
        every(run.wills(),
                will -> will.payload().getUnknownFields().asMap().isEmpty() && will.payload().hasTimestamp());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-will-message-payload-bdSeq")
    void theWillsNumberGrowsByOneAndWraps() {
        every(run.wills(), will -> will.metric("bdSeq").filter(metric -> metric.getDatatype() == 4).isPresent());
        every(run.lives(), life -> stepsByOne(life.record()));
        assertEquals(List.of(255L, 0L), numbers(run.hosted()));
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-will-message-qos")
    void theWillIsDeliveredAtLeastOnce() {
        every(run.wills(), will -> will.packet().qos() == 1);
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-will-message-will-retained")
    void theWillIsNotKept() {
        every(run.wills(), will -> !will.packet().retain());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-nbirth-topic")
    void theBirthGoesToTheNodesTopic() {
        every(run.spoken("NBIRTH"),
                said -> said.topic().equals("spBv1.0/" + said.id().group() + "/NBIRTH/" + said.id().node()));
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-nbirth-payload")
    void theBirthIsAPayload() {
        every(run.spoken("NBIRTH"),
                said -> said.payload().getUnknownFields().asMap().isEmpty() && !said.metrics().isEmpty());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-nbirth-payload-bdSeq")
    void theBirthHasTheWillsNumber() {
        every(run.sessions(),
                session -> session.said("NBIRTH").stream().map(birth -> birth.metric("bdSeq").orElseThrow())
                        .allMatch(
                                metric -> metric.getDatatype() == 4 && metric.getLongValue() == session.bdSeqOfWill()));
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-nbirth-qos")
    void theBirthIsSentOnce() {
        every(run.spoken("NBIRTH"), said -> said.said().packet().qos() == 0);
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-nbirth-retained")
    void theBirthIsNotKept() {
        every(run.spoken("NBIRTH"), said -> !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-nbirth-payload-seq")
    void theBirthIsNumbered() {
        every(run.spoken("NBIRTH"),
                said -> said.payload().hasSeq() && said.payload().getSeq() >= 0 && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath")
    void whoLeavesSaysSoFirst() {
        every(leaving(run), session -> session.said().getLast().verb().equals("NDEATH"));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-edge-node-intentional-disconnect-packet")
    void theDisconnectComesRightAfterTheDeath() {
        every(leaving(run), session -> isRightAfter(session, "NDEATH"));
    }

    @Test
    @DisplayName("tck-id-message-flow-device-dcmd-subscribe")
    void commandsOfADeviceThatTakesThemAreSubscribedTo() {
        every(run.lives(), life -> life.record().sessions().stream()
                .allMatch(session -> session.qosOf(life.id().topic("DCMD", "engine")).equals(List.of(1))));
        every(run.lives(), life -> life.record().qosOf(life.id().topic("DCMD", "sensor")).isEmpty());
    }

    @Test
    @DisplayName("tck-id-message-flow-device-birth-publish-nbirth-wait")
    void noDeviceIsBornBeforeItsNode() {
        every(run.spoken("DBIRTH"), said -> said.nodeBirth().isPresent());
    }

    @Test
    @DisplayName("tck-id-message-flow-device-birth-publish-dbirth-topic")
    void aDevicesBirthGoesToItsTopic() {
        every(run.spoken("DBIRTH"),
                said -> said.topic().equals("spBv1.0/" + said.id().group() + "/DBIRTH/" + said.id().node() + "/"
                        + said.said().device().orElseThrow()));
    }

    @Test
    @DisplayName("tck-id-message-flow-device-birth-publish-dbirth-match-edge-node-topic")
    void aDevicesBirthIsThatOfItsNode() {
        every(run.spoken("DBIRTH"), said -> said.topic()
                .startsWith(said.nodeBirth().orElseThrow().topic().replace("NBIRTH", "DBIRTH") + "/"));
    }

    @Test
    @DisplayName("tck-id-message-flow-device-birth-publish-dbirth-payload")
    void aDevicesBirthIsAPayload() {
        every(run.spoken("DBIRTH"),
                said -> said.payload().getUnknownFields().asMap().isEmpty() && !said.metrics().isEmpty());
    }

    @Test
    @DisplayName("tck-id-message-flow-device-birth-publish-dbirth-qos")
    void aDevicesBirthIsSentOnce() {
        every(run.spoken("DBIRTH"), said -> said.said().packet().qos() == 0);
    }

    @Test
    @DisplayName("tck-id-message-flow-device-birth-publish-dbirth-retained")
    void aDevicesBirthIsNotKept() {
        every(run.spoken("DBIRTH"), said -> !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-message-flow-device-birth-publish-dbirth-payload-seq")
    void aDevicesBirthHasTheNextNumber() {
        every(run.spoken("DBIRTH"), said -> said.follows() && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-device-ddeath")
    void aLostDeviceIsReported() {
        var deaths = run.spoken("DDEATH");
        assertEquals(1, deaths.size());
        assertEquals("sensor", deaths.getFirst().said().device().orElseThrow());
    }

    private static List<Long> numbers(EdgeRecord record) {
        return record.wills().stream().map(will -> will.metric("bdSeq").orElseThrow().getLongValue()).toList();
    }

    private static boolean stepsByOne(EdgeRecord record) {
        var numbers = numbers(record);
        return IntStream.range(1, numbers.size()).allMatch(i -> numbers.get(i) == (numbers.get(i - 1) + 1) % 256);
    }

    /** Sessions that the edge node ended. */
    private static List<EdgeRecord> leaving(Conformance run) {
        return run.sessions().stream().filter(EdgeRecord::disconnected).toList();
    }

    private static boolean isRightAfter(EdgeRecord session, String verb) {
        var packets = session.seen();
        int at = IntStream.range(0, packets.size()).filter(i -> packets.get(i).packet() instanceof Packet.Disconnect)
                .findFirst().orElseThrow();
        return packets.get(at - 1).packet() instanceof Packet.Publish publish && publish.topic().contains(verb);
    }
}
