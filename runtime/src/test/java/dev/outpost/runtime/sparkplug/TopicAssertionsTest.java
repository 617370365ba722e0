package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static dev.outpost.runtime.sparkplug.Judgement.hasValue;
import static dev.outpost.runtime.sparkplug.Judgement.isLevel;
import static dev.outpost.runtime.sparkplug.Judgement.isNow;
import static dev.outpost.runtime.sparkplug.Judgement.some;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapter 4: topics, and what each kind of message carries.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class TopicAssertionsTest {

    private final Conformance run;

    TopicAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-topic-structure")
    void everyTopicHasItsFourOrFiveLevels() {
        every(run.numbered(), said -> said.topic().matches("spBv1[.]0/[^/]+/[ND](BIRTH|DATA|DEATH)/[^/]+(/[^/]+)?"));
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-a")
    void everyTopicBeginsWithTheNamespace() {
        every(run.numbered(), said -> said.topic().startsWith("spBv1.0/"));
        every(run.wills(), will -> will.topic().startsWith("spBv1.0/"));
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-valid-group-id")
    void theGroupHasNoReservedCharacter() {
        every(run.numbered(), said -> isLevel(said.topic().split("/")[1]));
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-unique-edge-node-descriptor")
    void everyEdgeNodeHasItsOwnDescriptor() {
        var births = run.spoken("NBIRTH").stream().map(Life.Spoken::topic).distinct().toList();
        assertEquals(run.lives().size(), births.size());
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-valid-edge-node-id")
    void theNodeHasNoReservedCharacter() {
        every(run.numbered(), said -> isLevel(said.topic().split("/")[3]));
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-valid-device-id")
    void aDeviceHasNoReservedCharacter() {
        every(run.spoken("DBIRTH", "DDATA", "DDEATH"), said -> isLevel(said.topic().split("/")[4]));
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-unique-device-id")
    void noTwoDevicesOfANodeShareAnId() {
        every(run.lives(), life -> birthsAfter(life.spoken("NBIRTH").getFirst(), life).distinct().count() == 2);
        assertThrows(SparkplugException.class,
                () -> new EdgeReading(List.of(), List.of(), Map.of("a", List.of(), "A", List.of())));
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-duplicate-device-id-across-edge-node")
    void nodesMayHaveDevicesOfTheSameId() {
        every(run.lives(), life -> life.spoken("DBIRTH").stream().anyMatch(said -> said.topic().endsWith("/engine")));
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-device-id-associated-message-types")
    void whatSpeaksOfADeviceNamesIt() {
        every(run.spoken("DBIRTH", "DDATA", "DDEATH"), said -> said.said().device().isPresent());
    }

    @Test
    @DisplayName("tck-id-topic-structure-namespace-device-id-non-associated-message-types")
    void whatSpeaksOfTheNodeNamesNoDevice() {
        every(run.spoken("NBIRTH", "NDATA", "NDEATH"), said -> said.said().device().isEmpty());
        every(run.wills(), will -> will.device().isEmpty());
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-topic")
    void anNbirthGoesToTheNodesTopic() {
        every(run.spoken("NBIRTH"), said -> said.topic().equals(said.id().topic("NBIRTH")));
        some(run.spoken("NBIRTH"), said -> said.topic().equals("spBv1.0/Werk 1/NBIRTH/box-plain"));
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-mqtt")
    void anNbirthIsSentOnceAndNotKept() {
        every(run.spoken("NBIRTH"), said -> said.said().packet().qos() == 0 && !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-seq-num")
    void anNbirthHasNumberZero() {
        every(run.spoken("NBIRTH"), said -> said.payload().hasSeq() && said.payload().getSeq() == 0);
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-timestamp")
    void anNbirthSaysWhenItWasSent() {
        every(run.spoken("NBIRTH"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-metric-reqs")
    void anNbirthHasEveryMetricTheNodeReports() {
        every(run.spoken("NDATA"), said -> said.metrics().stream().allMatch(metric -> said.bornAs(metric).isPresent()));
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-metrics")
    void everyMetricOfAnNbirthHasNameTypeAndValue() {
        every(run.spoken("NBIRTH"), said -> said.metrics().stream()
                .allMatch(metric -> metric.hasName() && metric.hasDatatype() && hasValue(metric)));
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-templates")
    void anNbirthHasTheDefinitionOfEveryInstance() {
        every(instances(run), each -> each.said().nodeBirth().orElseThrow().metric(each.template().getTemplateRef())
                .filter(metric -> metric.getTemplateValue().getIsDefinition()).isPresent());
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-bdseq-included")
    void anNbirthHasBdSeq() {
        every(run.spoken("NBIRTH"), said -> said.said().metric("bdSeq").isPresent());
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-bdseq-matching")
    void bdSeqIsThatOfTheWill() {
        every(run.spoken("NBIRTH"), said -> bdSeq(said) == willOf(said));
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-bdseq-increment")
    void bdSeqBeginsAtZeroAndGrowsWithEveryConnect() {
        assertEquals(List.of(0L, 1L, 2L), numbers(run.plain()));
        assertEquals(List.of(0L, 1L, 2L), numbers(run.walking()));
        assertEquals(List.of(255L, 0L), numbers(run.hosted()));
    }

    @Test
    @DisplayName("tck-id-topics-nbirth-rebirth-metric")
    void anNbirthHasTheRebirthControl() {
        every(run.spoken("NBIRTH"), said -> said.said().metric("Node Control/Rebirth")
                .filter(metric -> metric.getDatatype() == 11 && metric.hasBooleanValue() && !metric.getBooleanValue())
                .isPresent());
    }

    @Test
    @DisplayName("tck-id-topics-ndata-topic")
    void ndataGoesToTheNodesTopic() {
        every(run.spoken("NDATA"), said -> said.topic().equals(said.id().topic("NDATA")));
        some(run.spoken("NDATA"), said -> said.topic().equals("spBv1.0/Werk 1/NDATA/box-plain"));
    }

    @Test
    @DisplayName("tck-id-topics-ndata-mqtt")
    void ndataIsSentOnceAndNotKept() {
        every(run.spoken("NDATA"), said -> said.said().packet().qos() == 0 && !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-topics-ndata-seq-num")
    void ndataHasTheNextNumber() {
        every(run.spoken("NDATA"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-topics-ndata-timestamp")
    void ndataSaysWhenItWasSent() {
        every(run.spoken("NDATA"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-topics-ndata-payload")
    void ndataHasWhatChanged() {
        every(run.spoken("NDATA"), said -> said.isPast() || said.metrics().stream().allMatch(said::isNews));
    }

    @Test
    @DisplayName("tck-id-topics-ndeath-topic")
    void anNdeathGoesToTheNodesTopic() {
        every(run.wills(), will -> will.topic().matches("spBv1[.]0/Werk [12]/NDEATH/box-[a-z]+"));
        every(run.spoken("NDEATH"), said -> said.topic().equals(said.id().topic("NDEATH")));
    }

    @Test
    @DisplayName("tck-id-topics-ndeath-payload")
    void anNdeathHasBdSeqAlone() {
        every(run.wills(), will -> will.metrics().size() == 1 && will.metric("bdSeq").isPresent());
        every(run.spoken("NDEATH"), said -> said.metrics().size() == 1 && said.said().metric("bdSeq").isPresent());
    }

    @Test
    @DisplayName("tck-id-topics-ndeath-seq")
    void anNdeathHasNoNumber() {
        every(run.wills(), will -> !will.payload().hasSeq());
        every(run.spoken("NDEATH"), said -> !said.payload().hasSeq());
    }

    @Test
    @DisplayName("tck-id-topics-ncmd-topic")
    void commandsOfTheNodeAreAwaitedAtItsTopic() {
        every(run.lives(),
                life -> !life.record().qosOf("spBv1.0/" + life.id().group() + "/NCMD/" + life.id().node()).isEmpty());
    }

    @Test
    @DisplayName("tck-id-topics-dbirth-topic")
    void aDbirthGoesToTheDevicesTopic() {
        every(run.spoken("DBIRTH"),
                said -> said.topic().equals(said.id().topic("DBIRTH", said.said().device().orElseThrow())));
        some(run.spoken("DBIRTH"), said -> said.topic().equals("spBv1.0/Werk 1/DBIRTH/box-plain/engine"));
    }

    @Test
    @DisplayName("tck-id-topics-dbirth-mqtt")
    void aDbirthIsSentOnceAndNotKept() {
        every(run.spoken("DBIRTH"), said -> said.said().packet().qos() == 0 && !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-topics-dbirth-seq")
    void aDbirthHasTheNextNumber() {
        every(run.spoken("DBIRTH"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-topics-dbirth-timestamp")
    void aDbirthSaysWhenItWasSent() {
        every(run.spoken("DBIRTH"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-topics-dbirth-metric-reqs")
    void aDbirthHasEveryMetricTheDeviceReports() {
        every(run.spoken("DDATA"), said -> said.metrics().stream().allMatch(metric -> said.bornAs(metric).isPresent()));
    }

    @Test
    @DisplayName("tck-id-topics-dbirth-metrics")
    void everyMetricOfADbirthHasNameTypeAndValue() {
        every(run.spoken("DBIRTH"), said -> said.metrics().stream()
                .allMatch(metric -> metric.hasName() && metric.hasDatatype() && hasValue(metric)));
    }

    @Test
    @DisplayName("tck-id-topics-ddata-topic")
    void ddataGoesToTheDevicesTopic() {
        every(run.spoken("DDATA"),
                said -> said.topic().equals(said.id().topic("DDATA", said.said().device().orElseThrow())));
        some(run.spoken("DDATA"), said -> said.topic().equals("spBv1.0/Werk 1/DDATA/box-plain/engine"));
    }

    @Test
    @DisplayName("tck-id-topics-ddata-mqtt")
    void ddataIsSentOnceAndNotKept() {
        every(run.spoken("DDATA"), said -> said.said().packet().qos() == 0 && !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-topics-ddata-seq-num")
    void ddataHasTheNextNumber() {
        every(run.spoken("DDATA"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-topics-ddata-timestamp")
    void ddataSaysWhenItWasSent() {
        every(run.spoken("DDATA"), said -> said.payload().hasTimestamp() && isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-topics-ddata-payload")
    void ddataHasWhatChanged() {
        every(run.spoken("DDATA"), said -> said.isPast() || said.metrics().stream().allMatch(said::isNews));
    }

    @Test
    @DisplayName("tck-id-topics-ddeath-topic")
    void aDdeathGoesToTheDevicesTopic() {
        every(run.spoken("DDEATH"),
                said -> said.topic().equals(said.id().topic("DDEATH", said.said().device().orElseThrow())));
        some(run.spoken("DDEATH"), said -> said.topic().equals("spBv1.0/Werk 1/DDEATH/box-plain/sensor"));
    }

    @Test
    @DisplayName("tck-id-topics-ddeath-mqtt")
    void aDdeathIsSentOnceAndNotKept() {
        every(run.spoken("DDEATH"), said -> said.said().packet().qos() == 0 && !said.said().packet().retain());
    }

    @Test
    @DisplayName("tck-id-topics-ddeath-seq-num")
    void aDdeathHasTheNextNumber() {
        every(run.spoken("DDEATH"), Life.Spoken::follows);
    }

    @Test
    @DisplayName("tck-id-topics-dcmd-topic")
    void commandsOfADeviceAreAwaitedAtItsTopic() {
        every(run.lives(), life -> !life.record()
                .qosOf("spBv1.0/" + life.id().group() + "/DCMD/" + life.id().node() + "/engine").isEmpty());
    }

    private static Stream<String> birthsAfter(Life.Spoken nodeBirth, Life life) {
        return life.spoken("DBIRTH").stream().filter(said -> said.nodeBirth().equals(nodeBirth.nodeBirth()))
                .map(Life.Spoken::topic);
    }

    private static List<Instance> instances(Conformance run) {
        return Stream.concat(run.births().stream(), run.data().stream()).flatMap(said -> said.metrics().stream()
                .filter(Payload.Metric::hasTemplateValue).map(Payload.Metric::getTemplateValue)
                .filter(template -> !template.getIsDefinition()).map(template -> new Instance(said, template)))
                .toList();
    }

    private static long bdSeq(Life.Spoken birth) {
        return birth.said().metric("bdSeq").orElseThrow().getLongValue();
    }

    private static long willOf(Life.Spoken said) {
        var will = said.connect().will().orElseThrow();
        return new EdgeRecord.Said(0, 0, "", will).metric("bdSeq").orElseThrow().getLongValue();
    }

    private static List<Long> numbers(EdgeRecord record) {
        return record.wills().stream().map(will -> will.metric("bdSeq").orElseThrow().getLongValue()).toList();
    }

    private record Instance(Life.Spoken said, Payload.Template template) {}
}
