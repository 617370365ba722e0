package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static dev.outpost.runtime.sparkplug.Judgement.isNow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapter 6, third part: each kind of message.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class MessageAssertionsTest {

    private final Conformance run;

    MessageAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-timestamp")
    void anNbirthHasItsTime() {
        every(run.spoken("NBIRTH"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-edge-node-descriptor")
    void everyDescriptorIsOneEdgeNodes() {
        assertEquals(run.lives().size(), run.spoken("NBIRTH").stream().map(Life.Spoken::topic).distinct().count());
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-seq")
    void anNbirthIsNumbered() {
        every(run.spoken("NBIRTH"), said -> said.payload().hasSeq() && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-bdseq")
    void anNbirthSaysBdSeq() {
        every(run.spoken("NBIRTH"),
                said -> said.said().metric("bdSeq").filter(Payload.Metric::hasLongValue).isPresent());
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-bdseq-repeat")
    void bdSeqRepeatsTheWills() {
        every(run.sessions(), session -> session.said("NBIRTH").stream()
                .allMatch(birth -> birth.metric("bdSeq").orElseThrow().getLongValue() == session.bdSeqOfWill()));
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-rebirth-req")
    void anNbirthSaysRebirthIsOff() {
        every(run.spoken("NBIRTH"), said -> said.said().metric("Node Control/Rebirth")
                .filter(metric -> metric.hasBooleanValue() && !metric.getBooleanValue()).isPresent());
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-qos")
    void anNbirthIsSentAtMostOnce() {
        every(run.spoken("NBIRTH"), said -> said.said().packet().qos() == 0);
    }

    @Test
    @DisplayName("tck-id-payloads-nbirth-retain")
    void anNbirthIsNotRetained() {
        every(run.spoken("NBIRTH"), said -> !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-payloads-dbirth-timestamp")
    void aDbirthHasItsTime() {
        every(run.spoken("DBIRTH"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-payloads-dbirth-seq")
    void aDbirthIsNumbered() {
        every(run.spoken("DBIRTH"), said -> said.payload().hasSeq() && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-payloads-dbirth-seq-inc")
    void aDbirthIsOneMore() {
        every(run.spoken("DBIRTH"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-payloads-dbirth-order")
    void devicesAreBornRightAfterTheirNode() {
        every(run.sessions(), session -> session.births().size() < 3
                || session.said().stream().limit(3).allMatch(EdgeRecord.Said::isBirth));
    }

    @Test
    @DisplayName("tck-id-payloads-dbirth-qos")
    void aDbirthIsSentAtMostOnce() {
        every(run.spoken("DBIRTH"), said -> said.said().packet().qos() == 0);
    }

    @Test
    @DisplayName("tck-id-payloads-dbirth-retain")
    void aDbirthIsNotRetained() {
        every(run.spoken("DBIRTH"), said -> !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-payloads-ndata-timestamp")
    void ndataHasItsTime() {
        every(run.spoken("NDATA"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-payloads-ndata-seq")
    void ndataIsNumbered() {
        every(run.spoken("NDATA"), said -> said.payload().hasSeq() && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-payloads-ndata-seq-inc")
    void ndataIsOneMore() {
        every(run.spoken("NDATA"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-payloads-ndata-order")
    void ndataComesAfterTheBirths() {
        every(run.sessions(), session -> session.said("NDATA").stream()
                .allMatch(said -> said.order() > session.births().get(2).order()));
        every(run.spoken("NDATA"), said -> said.birth().isPresent());
    }

    @Test
    @DisplayName("tck-id-payloads-ndata-qos")
    void ndataIsSentAtMostOnce() {
        every(run.spoken("NDATA"), said -> said.said().packet().qos() == 0);
    }

    @Test
    @DisplayName("tck-id-payloads-ndata-retain")
    void ndataIsNotRetained() {
        every(run.spoken("NDATA"), said -> !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-payloads-ddata-timestamp")
    void ddataHasItsTime() {
        every(run.spoken("DDATA"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-payloads-ddata-seq")
    void ddataIsNumbered() {
        every(run.spoken("DDATA"), said -> said.payload().hasSeq() && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-payloads-ddata-seq-inc")
    void ddataIsOneMore() {
        every(run.spoken("DDATA"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-payloads-ddata-order")
    void ddataComesAfterTheBirths() {
        every(run.sessions(), session -> session.said("DDATA").stream()
                .allMatch(said -> said.order() > session.births().get(2).order()));
        every(run.spoken("DDATA"), said -> said.birth().isPresent());
    }

    @Test
    @DisplayName("tck-id-payloads-ddata-qos")
    void ddataIsSentAtMostOnce() {
        every(run.spoken("DDATA"), said -> said.said().packet().qos() == 0);
    }

    @Test
    @DisplayName("tck-id-payloads-ddata-retain")
    void ddataIsNotRetained() {
        every(run.spoken("DDATA"), said -> !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-seq")
    void anNdeathIsNotNumbered() {
        every(run.wills(), will -> !will.payload().hasSeq());
        every(run.spoken("NDEATH"), said -> !said.payload().hasSeq());
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-will-message")
    void anNdeathIsTheWillOfEveryConnect() {
        assertEquals(run.connects().size(), run.wills().size());
        every(run.wills(), will -> will.verb().equals("NDEATH"));
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-will-message-qos")
    void theWillHasQosOne() {
        every(run.wills(), will -> will.packet().qos() == 1);
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-will-message-retain")
    void theWillIsNotRetained() {
        every(run.wills(), will -> !will.packet().retain());
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-bdseq")
    void anNdeathHasTheBirthsNumber() {
        every(run.sessions(), session -> session.said("NDEATH").stream()
                .allMatch(
                        death -> death.metric("bdSeq").orElseThrow().getLongValue() == session.said("NBIRTH").getFirst()
                                .metric("bdSeq").orElseThrow().getLongValue()));
        var heard = run.deaths().stream()
                .map(death -> PayloadCodec.decode(death.payload()).metrics().getFirst().value())
                .distinct().toList();
        assertEquals(List.of(new MetricValue.Whole(0), new MetricValue.Whole(1), new MetricValue.Whole(2)), heard);
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-will-message-publisher")
    void whoLeavesPublishesItsDeath() {
        every(leaving(run), session -> session.said("NDEATH").size() == 1);
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt311")
    void theDeathComesBeforeTheDisconnect() {
        every(leaving(run), session -> session.said("NDEATH").getFirst().order() < disconnect(session).order());
    }

    @Test
    @DisplayName("tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt50")
    void theDisconnectAsksForTheWill() {
        every(leaving(run), session -> ((Packet.Disconnect) disconnect(session).packet()).reason()
                .equals("DISCONNECT_WITH_WILL_MESSAGE"));
    }

    @Test
    @DisplayName("tck-id-payloads-ddeath-timestamp")
    void aDdeathHasItsTime() {
        every(run.spoken("DDEATH"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-payloads-ddeath-seq")
    void aDdeathIsNumbered() {
        every(run.spoken("DDEATH"), said -> said.payload().hasSeq() && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-payloads-ddeath-seq-inc")
    void aDdeathIsOneMore() {
        every(run.spoken("DDEATH"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-payloads-ddeath-seq-number")
    void aDdeathKeepsTheOrder() {
        every(run.spoken("DDEATH"), said -> said.payload().hasSeq() && said.follows());
    }

    private static List<EdgeRecord> leaving(Conformance run) {
        return run.sessions().stream().filter(EdgeRecord::disconnected).toList();
    }

    private static Packet.Seen disconnect(EdgeRecord session) {
        return session.seen().stream().filter(each -> each.packet() instanceof Packet.Disconnect).findFirst()
                .orElseThrow();
    }
}
