package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static dev.outpost.runtime.sparkplug.Judgement.isBasic;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapter 6, second part: templates.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class TemplateAssertionsTest {

    private final Conformance run;

    TemplateAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-payloads-template-definition-nbirth-only")
    void definitionsAreInNbirthsAlone() {
        every(run.spoken("DBIRTH", "NDATA", "DDATA"),
                said -> said.metrics().stream().noneMatch(metric -> metric.getTemplateValue().getIsDefinition()));
    }

    @Test
    @DisplayName("tck-id-payloads-template-definition-is-definition")
    void aDefinitionSaysSo() {
        every(definitions(run), template -> template.hasIsDefinition() && template.getIsDefinition());
    }

    @Test
    @DisplayName("tck-id-payloads-template-definition-ref")
    void aDefinitionNamesNoOther() {
        every(definitions(run), template -> !template.hasTemplateRef());
    }

    @Test
    @DisplayName("tck-id-payloads-template-definition-members")
    void aDefinitionHasEveryMemberOfItsInstances() {
        every(instances(run), template -> memberNames(definition(run)).containsAll(memberNames(template)));
    }

    @Test
    @DisplayName("tck-id-payloads-template-definition-nbirth")
    void everyInstanceHasItsDefinitionInTheNbirth() {
        every(run.spoken("NBIRTH"),
                said -> said.said().metric(Plant.LATENCY).filter(metric -> metric.getDatatype() == 19).isPresent());
    }

    @Test
    @DisplayName("tck-id-payloads-template-definition-parameters")
    void aDefinitionHasEveryParameterOfItsInstances() {
        every(instances(run), template -> parameterNames(definition(run)).containsAll(parameterNames(template)));
    }

    @Test
    @DisplayName("tck-id-payloads-template-definition-parameters-default")
    void aDefinitionMayGiveDefaults() {
        every(definition(run).getParametersList(), parameter -> parameter.getValueCase().getNumber() != 0);
    }

    @Test
    @DisplayName("tck-id-payloads-template-instance-is-definition")
    void anInstanceIsNoDefinition() {
        every(instances(run), template -> template.hasIsDefinition() && !template.getIsDefinition());
    }

    @Test
    @DisplayName("tck-id-payloads-template-instance-ref")
    void anInstanceNamesItsDefinition() {
        every(instances(run), template -> template.getTemplateRef().equals(Plant.LATENCY));
    }

    @Test
    @DisplayName("tck-id-payloads-template-instance-members")
    void anInstanceHasNoMemberOfItsOwn() {
        every(instances(run), template -> memberNames(definition(run)).containsAll(memberNames(template)));
        assertThrows(SparkplugException.class, () -> TemplateAssertionsTest.reading("p50", "p95", "p99"));
    }

    @Test
    @DisplayName("tck-id-payloads-template-instance-members-birth")
    void anInstanceInABirthHasEveryMember() {
        every(instances(run.births()), template -> memberNames(template).equals(memberNames(definition(run))));
        assertThrows(SparkplugException.class, () -> TemplateAssertionsTest.reading("p50"));
    }

    @Test
    @DisplayName("tck-id-payloads-template-instance-members-data")
    void anInstanceInDataHasMembersOfItsDefinition() {
        every(instances(run.data()), template -> memberNames(definition(run)).containsAll(memberNames(template)));
    }

    @Test
    @DisplayName("tck-id-payloads-template-instance-parameters")
    void anInstanceMayGiveParameters() {
        every(instances(run), template -> parameterNames(template).equals(Set.of("unit")));
    }

    @Test
    @DisplayName("tck-id-payloads-template-version")
    void aVersionIsAText() {
        every(templates(run), template -> template.getVersion().equals("2"));
    }

    @Test
    @DisplayName("tck-id-payloads-template-ref-definition")
    void aDefinitionHasNoReference() {
        every(definitions(run), template -> !template.hasTemplateRef());
    }

    @Test
    @DisplayName("tck-id-payloads-template-ref-instance")
    void anInstancesReferenceIsAText() {
        every(instances(run), template -> template.hasTemplateRef() && !template.getTemplateRef().isEmpty());
    }

    @Test
    @DisplayName("tck-id-payloads-template-is-definition")
    void everyTemplateSaysWhichItIs() {
        every(templates(run), Payload.Template::hasIsDefinition);
    }

    @Test
    @DisplayName("tck-id-payloads-template-is-definition-definition")
    void definitionsSayTrue() {
        every(definitions(run), Payload.Template::getIsDefinition);
    }

    @Test
    @DisplayName("tck-id-payloads-template-is-definition-instance")
    void instancesSayFalse() {
        every(instances(run), template -> !template.getIsDefinition());
    }

    @Test
    @DisplayName("tck-id-payloads-template-parameter-name-required")
    void everyParameterHasAName() {
        every(parameters(run), Payload.Template.Parameter::hasName);
    }

    @Test
    @DisplayName("tck-id-payloads-template-parameter-name-type")
    void aParametersNameIsAText() {
        every(parameters(run), parameter -> Set.of("unit", "window").contains(parameter.getName()));
    }

    @Test
    @DisplayName("tck-id-payloads-template-parameter-value-type")
    void aParametersTypeIsANumber() {
        every(parameters(run), parameter -> parameter.getType() > 0);
    }

    @Test
    @DisplayName("tck-id-payloads-template-parameter-type-value")
    void aParametersTypeIsBasic() {
        every(parameters(run), parameter -> isBasic(parameter.getType()));
        assertThrows(SparkplugException.class,
                () -> new Template.Parameter("p", DataType.DATA_SET, MetricValue.ABSENT));
    }

    @Test
    @DisplayName("tck-id-payloads-template-parameter-type-req")
    void everyParameterHasAType() {
        every(parameters(run), Payload.Template.Parameter::hasType);
    }

    @Test
    @DisplayName("tck-id-payloads-template-parameter-value")
    void aParameterHasAPlainValue() {
        every(parameters(run),
                parameter -> parameter.getValueCase().getNumber() >= 3 && parameter.getValueCase().getNumber() <= 8);
    }

    /** A reading whose one instance has these members. */
    private static EdgeReading reading(String... members) {
        var defined = new Plant().read();
        var instance = new Template(Optional.of("2"), Optional.of(Plant.LATENCY), Stream.of(members)
                .map(name -> Metric.real(name, 1)).toList(), List.of());
        return new EdgeReading(defined.templates(), List.of(Metric.of("Latency", DataType.TEMPLATE,
                new MetricValue.Form(instance))), Map.of());
    }

    private static List<Payload.Template> instances(List<Life.Spoken> said) {
        return said.stream().flatMap(each -> each.metrics().stream()).filter(Payload.Metric::hasTemplateValue)
                .map(Payload.Metric::getTemplateValue).filter(template -> !template.getIsDefinition()).toList();
    }

    private static List<Payload.Template> instances(Conformance run) {
        return Stream.concat(instances(run.births()).stream(), instances(run.data()).stream()).toList();
    }

    /** What an NBIRTH has under the template's name. */
    private static List<Payload.Template> definitions(Conformance run) {
        return run.spoken("NBIRTH").stream().map(said -> said.said().metric(Plant.LATENCY).orElseThrow()
                .getTemplateValue()).toList();
    }

    private static Payload.Template definition(Conformance run) {
        return definitions(run).getFirst();
    }

    private static List<Payload.Template> templates(Conformance run) {
        return Stream.concat(definitions(run).stream(), instances(run).stream()).toList();
    }

    private static List<Payload.Template.Parameter> parameters(Conformance run) {
        return templates(run).stream().flatMap(template -> template.getParametersList().stream()).toList();
    }

    private static Set<String> memberNames(Payload.Template template) {
        return template.getMetricsList().stream().map(Payload.Metric::getName).collect(Collectors.toSet());
    }

    private static Set<String> parameterNames(Payload.Template template) {
        return template.getParametersList().stream().map(Payload.Template.Parameter::getName)
                .collect(Collectors.toSet());
    }
}
