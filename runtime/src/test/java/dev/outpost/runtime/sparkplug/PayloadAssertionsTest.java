package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static dev.outpost.runtime.sparkplug.Judgement.isBasic;
import static dev.outpost.runtime.sparkplug.Judgement.isNow;
import static dev.outpost.runtime.sparkplug.Judgement.some;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapter 6, first part: payloads, metrics, properties, data sets.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class PayloadAssertionsTest {

    private final Conformance run;

    PayloadAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-payloads-timestamp-in-UTC")
    void aPayloadsTimeIsNow() {
        every(run.numbered(), said -> isNow(said.payload().getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-payloads-sequence-num-always-included")
    void everythingButDeathsOfNodesIsNumbered() {
        every(run.numbered(), said -> said.payload().hasSeq());
    }

    @Test
    @DisplayName("tck-id-payloads-sequence-num-req-nbirth")
    void aBirthsNumberIsInRange() {
        every(run.spoken("NBIRTH"),
                said -> said.payload().hasSeq() && said.payload().getSeq() >= 0 && said.payload().getSeq() <= 255);
    }

    @Test
    @DisplayName("tck-id-payloads-sequence-num-incrementing")
    void numbersGrowByOneAndWrap() {
        every(run.spoken("DBIRTH", "NDATA", "DDATA", "DDEATH"), Life.Spoken::follows);
        some(run.data(), said -> said.payload().getSeq() == 255);
        some(run.data(), said -> said.payload().getSeq() == 0);
    }

    @Test
    @DisplayName("tck-id-payloads-name-requirement")
    void everyMetricHasANameWhereThereAreNoAliases() {
        every(metrics(run.plain().said()), metric -> metric.hasName() && !metric.hasAlias());
    }

    @Test
    @DisplayName("tck-id-payloads-alias-uniqueness")
    void noAliasIsUsedTwice() {
        every(run.aliased().said("NBIRTH"), birth -> distinct(run.aliased(), birth.order()));
    }

    @Test
    @DisplayName("tck-id-payloads-alias-birth-requirement")
    void birthsHaveNameAndAlias() {
        every(metrics(run.aliased().births()),
                metric -> metric.hasName() && (metric.hasAlias() || metric.getName().equals("Node Control/Rebirth")));
    }

    @Test
    @DisplayName("tck-id-payloads-alias-data-cmd-requirement")
    void dataHasTheAliasAlone() {
        every(metrics(run.aliased().data()), metric -> metric.hasAlias() && !metric.hasName());
    }

    @Test
    @DisplayName("tck-id-payloads-name-birth-data-requirement")
    void everyMetricHasATime() {
        every(metrics(run), Payload.Metric::hasTimestamp);
    }

    @Test
    @DisplayName("tck-id-payloads-name-cmd-requirement")
    void commandsWithAndWithoutATimeAreObeyed() {
        assertEquals(new MetricValue.Int(4_711), run.commands().after());
        some(run.plain().said("NDATA"),
                said -> said.metric("Firmware").filter(metric -> metric.getStringValue().equals("3.0"))
                        .isPresent());
    }

    @Test
    @DisplayName("tck-id-payloads-metric-timestamp-in-UTC")
    void aMetricsTimeIsNow() {
        every(metrics(run), metric -> isNow(metric.getTimestamp()));
    }

    @Test
    @DisplayName("tck-id-payloads-metric-datatype-value-type")
    void aTypeIsANumber() {
        every(metrics(run.plain().births()), metric -> metric.hasDatatype() && metric.getDatatype() > 0);
    }

    @Test
    @DisplayName("tck-id-payloads-metric-datatype-value")
    void aTypeIsOneOfTheList() {
        every(metrics(run.plain().births()), metric -> metric.getDatatype() >= 1 && metric.getDatatype() <= 34);
    }

    @Test
    @DisplayName("tck-id-payloads-metric-datatype-req")
    void birthsSayTheType() {
        every(run.births(), said -> said.metrics().stream().allMatch(Payload.Metric::hasDatatype));
    }

    @Test
    @DisplayName("tck-id-payloads-metric-datatype-not-req")
    void dataDoesNotSayTheType() {
        every(run.data(), said -> said.metrics().stream().noneMatch(Payload.Metric::hasDatatype));
    }

    @Test
    @DisplayName("tck-id-payloads-propertyset-keys-array-size")
    void propertiesHaveAsManyKeysAsValues() {
        every(properties(run), set -> set.getKeysCount() == set.getValuesCount() && set.getKeysCount() > 0);
    }

    @Test
    @DisplayName("tck-id-payloads-propertyset-values-array-size")
    void propertiesHaveAsManyValuesAsKeys() {
        every(properties(run), set -> set.getValuesCount() == set.getKeysCount() && set.getValuesCount() > 0);
    }

    @Test
    @DisplayName("tck-id-payloads-metric-propertyvalue-type-type")
    void aPropertysTypeIsANumber() {
        every(propertyValues(run), value -> value.hasType() && value.getType() > 0);
    }

    @Test
    @DisplayName("tck-id-payloads-metric-propertyvalue-type-value")
    void aPropertysTypeIsOneOfTheList() {
        every(propertyValues(run), value -> isBasic(value.getType()) || value.getType() == 20 || value.getType() == 21);
    }

    @Test
    @DisplayName("tck-id-payloads-metric-propertyvalue-type-req")
    void birthsSayAPropertysType() {
        every(propertyValues(run), Payload.PropertyValue::hasType);
    }

    @Test
    @DisplayName("tck-id-payloads-propertyset-quality-value-type")
    void aQualityIsAnInt32() {
        every(qualities(run), value -> value.getType() == 3);
    }

    @Test
    @DisplayName("tck-id-payloads-propertyset-quality-value-value")
    void aQualityIsOneOfThree() {
        every(qualities(run), value -> value.hasIntValue() && List.of(0, 192, 500).contains(value.getIntValue()));
        assertThrows(SparkplugException.class,
                () -> new Property("Quality", DataType.INT32, new MetricValue.Int(193)));
    }

    @Test
    @DisplayName("tck-id-payloads-dataset-column-size")
    void aDataSetSaysItsColumns() {
        every(dataSets(run), set -> set.hasNumOfColumns() && set.getNumOfColumns() == set.getColumnsCount());
    }

    @Test
    @DisplayName("tck-id-payloads-dataset-column-num-headers")
    void aDataSetHasAHeaderForEveryType() {
        every(dataSets(run), set -> set.getColumnsCount() == set.getTypesCount());
    }

    @Test
    @DisplayName("tck-id-payloads-dataset-types-def")
    void aDataSetsTypesAreNumbers() {
        every(dataSets(run), set -> set.getTypesList().stream().allMatch(type -> type > 0));
    }

    @Test
    @DisplayName("tck-id-payloads-dataset-types-num")
    void aDataSetHasATypeForEveryHeader() {
        every(dataSets(run), set -> set.getTypesCount() == set.getColumnsCount());
    }

    @Test
    @DisplayName("tck-id-payloads-dataset-types-type")
    void aDataSetsTypesAreUnsigned() {
        every(dataSets(run), set -> set.getTypesList().stream().noneMatch(type -> type < 0));
    }

    @Test
    @DisplayName("tck-id-payloads-dataset-types-value")
    void aDataSetsTypesAreBasic() {
        every(dataSets(run), set -> set.getTypesList().stream().allMatch(Judgement::isBasic));
        assertThrows(SparkplugException.class,
                () -> new DataSet(List.of("a"), List.of(DataType.TEMPLATE), List.of()));
    }

    @Test
    @DisplayName("tck-id-payloads-dataset-parameter-type-req")
    void everyDataSetHasTypes() {
        every(dataSets(run), set -> set.getTypesCount() > 0);
        some(run.data(), said -> said.metrics().stream().anyMatch(Payload.Metric::hasDatasetValue));
    }

    @Test
    @DisplayName("tck-id-payloads-template-dataset-value")
    void aCellHasAPlainValue() {
        every(dataSets(run), set -> set.getRowsList().stream().flatMap(row -> row.getElementsList().stream())
                .allMatch(cell -> cell.getValueCase().getNumber() >= 1 && cell.getValueCase().getNumber() <= 6));
    }

    private static List<Payload.Metric> metrics(List<EdgeRecord.Said> said) {
        return said.stream().filter(message -> !message.verb().equals("NDEATH"))
                .flatMap(message -> message.metrics().stream()).toList();
    }

    private static List<Payload.Metric> metrics(Conformance run) {
        return Stream.concat(run.births().stream(), run.data().stream()).flatMap(said -> said.metrics().stream())
                .toList();
    }

    /** Of an NBIRTH and the DBIRTHs right after it. */
    private static boolean distinct(EdgeRecord record, long nodeBirth) {
        var aliases = metrics(record.said(said -> said.isBirth() && said.order() >= nodeBirth).subList(0, 3)).stream()
                .filter(Payload.Metric::hasAlias).map(Payload.Metric::getAlias).toList();
        return aliases.stream().distinct().count() == aliases.size() && aliases.size() > 10;
    }

    private static List<Payload.PropertySet> properties(Conformance run) {
        return metrics(run).stream().filter(Payload.Metric::hasProperties).map(Payload.Metric::getProperties).toList();
    }

    private static List<Payload.PropertyValue> propertyValues(Conformance run) {
        return properties(run).stream().flatMap(set -> set.getValuesList().stream()).toList();
    }

    private static List<Payload.PropertyValue> qualities(Conformance run) {
        return properties(run).stream().filter(set -> set.getKeysList().contains("Quality"))
                .map(set -> set.getValues(set.getKeysList().indexOf("Quality"))).toList();
    }

    private static List<Payload.DataSet> dataSets(Conformance run) {
        return metrics(run).stream().filter(Payload.Metric::hasDatasetValue).map(Payload.Metric::getDatasetValue)
                .toList();
    }
}
