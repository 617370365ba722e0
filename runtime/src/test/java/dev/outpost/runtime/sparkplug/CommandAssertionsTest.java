package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static dev.outpost.runtime.sparkplug.Judgement.some;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapter 5, third part: what data says, rebirth, and commands.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class CommandAssertionsTest {

    private final Conformance run;

    CommandAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-nbirth")
    void anNbirthHasAllMetricsOfTheSession() {
        every(run.spoken("NDATA"), said -> said.metrics().stream().allMatch(metric -> said.bornAs(metric).isPresent()));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-nbirth-values")
    void anNbirthHasAValueOrNone() {
        every(run.spoken("NBIRTH"), said -> said.metrics().stream().allMatch(Judgement::hasValue));
        some(run.spoken("NBIRTH"), said -> said.said().metric("Energy").orElseThrow().getIsNull());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-nbirth-change")
    void ndataIsSaidOnlyWhenSomethingChanged() {
        every(run.spoken("NDATA"),
                said -> !said.metrics().isEmpty() && (said.isPast() || said.metrics().stream().allMatch(said::isNews)));
        assertEquals(0, run.quiet());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-nbirth-order")
    void theNodesNewsAreInOrderOfTime() {
        every(run.spoken("NBIRTH", "NDATA"), CommandAssertionsTest::isInOrder);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-dbirth")
    void aDbirthHasAllMetricsOfTheSession() {
        every(run.spoken("DDATA"), said -> said.metrics().stream().allMatch(metric -> said.bornAs(metric).isPresent()));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-dbirth-values")
    void aDbirthHasAValueOrNone() {
        every(run.spoken("DBIRTH"), said -> said.metrics().stream().allMatch(Judgement::hasValue));
        some(run.spoken("DBIRTH"), said -> said.said().metric("Fuel").filter(metric -> metric.getIsNull()).isPresent());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-dbirth-change")
    void ddataIsSaidOnlyWhenSomethingChanged() {
        every(run.spoken("DDATA"),
                said -> !said.metrics().isEmpty() && (said.isPast() || said.metrics().stream().allMatch(said::isNews)));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-publish-dbirth-order")
    void aDevicesNewsAreInOrderOfTime() {
        every(run.spoken("DBIRTH", "DDATA"), CommandAssertionsTest::isInOrder);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-rebirth-name")
    void anNbirthNamesTheRebirthControl() {
        every(run.spoken("NBIRTH"), said -> said.said().metric("Node Control/Rebirth").isPresent());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-rebirth-name-aliases")
    void theRebirthControlHasNoAlias() {
        every(run.aliased().said("NBIRTH"), said -> !said.metric("Node Control/Rebirth").orElseThrow().hasAlias());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-rebirth-datatype")
    void theRebirthControlIsATruthValue() {
        every(run.spoken("NBIRTH"),
                said -> said.said().metric("Node Control/Rebirth").orElseThrow().getDatatype() == 11);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-rebirth-value")
    void theRebirthControlIsOff() {
        every(run.spoken("NBIRTH"),
                said -> !said.said().metric("Node Control/Rebirth").orElseThrow().getBooleanValue());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-ncmd-rebirth-verb")
    void onlyACommandOfTheNodeAsksForRebirth() {
        assertEquals(0, run.commands().birthsByOtherVerb());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-ncmd-rebirth-name")
    void rebirthIsAskedForByItsName() {
        assertEquals(20, run.rebirthMillis().size());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-ncmd-rebirth-value")
    void onlyTrueAsksForRebirth() {
        assertEquals(0, run.commands().birthsByFalse());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-rebirth-action-1")
    void noDataComesBetweenTheBirths() {
        every(rebirths(run), births -> births.stream().allMatch(EdgeRecord.Said::isBirth));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-rebirth-action-2")
    void aRebirthIsWhole() {
        every(rebirths(run), births -> births.stream().map(said -> said.device().orElse("")).toList()
                .equals(List.of("", "engine", "sensor")));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-rebirth-action-3")
    void aRebirthKeepsBdSeq() {
        every(run.sessions(), session -> session.said("NBIRTH").stream()
                .allMatch(birth -> birth.metric("bdSeq").orElseThrow().getLongValue() == session.bdSeqOfWill()));
        assertTrue(run.plain().sessions().getFirst().said("NBIRTH").size() > 20);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-ncmd-verb")
    void aCommandOfTheNodeIsObeyed() {
        some(run.spoken("NDATA"), said -> said.said().metric("Firmware")
                .filter(metric -> metric.getStringValue().equals("3.0")).isPresent());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-ncmd-metric-name")
    void aCommandOfTheNodeMayUseTheAliasOfTheBirth() {
        some(run.aliased().said("NBIRTH"),
                said -> said.metric("Firmware").orElseThrow().getStringValue().equals("2.0"));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-ncmd-metric-value")
    void aCommandOfTheNodeHasAValueOfItsType() {
        some(run.plain().said("NDATA"),
                said -> said.metric("Firmware").filter(metric -> metric.hasStringValue()).isPresent());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-dcmd-verb")
    void aCommandOfADeviceIsObeyed() {
        assertEquals(new MetricValue.Int(4_711), run.commands().after());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-dcmd-metric-name")
    void aCommandThatNamesNoMetricDoesNothing() {
        every(run.data(), said -> said.metrics().stream().noneMatch(metric -> metric.getName().equals("Unknown")));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-data-commands-dcmd-metric-value")
    void aCommandOfAnotherTypeDoesNothing() {
        assertTrue(run.commands().before() instanceof MetricValue.Int(long number) && number != 4_711);
    }

    private static boolean isInOrder(Life.Spoken said) {
        var times = said.metrics().stream().filter(metric -> !metric.getIsHistorical())
                .map(Payload.Metric::getTimestamp).toList();
        return times.equals(times.stream().sorted().toList());
    }

    /** Three messages from each NBIRTH on. */
    private static List<List<EdgeRecord.Said>> rebirths(Conformance run) {
        var said = run.plain().said();
        return IntStream.range(0, said.size()).filter(i -> said.get(i).verb().equals("NBIRTH"))
                .mapToObj(i -> said.subList(i, i + 3)).toList();
    }
}
