package dev.outpost.runtime.sparkplug;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All that an edge node has to say at one moment. Names and device ids differ in more than case; an instance of a
 * template has a definition here and all of its members.
 *
 * @param templates definitions of the templates used anywhere, each a metric named as the template
 * @param node metrics of the node, without bdSeq and {@code Node Control}, which the edge node adds
 * @param devices metrics by device id; a device that is not here is not there
 */
public record EdgeReading(List<Metric> templates, List<Metric> node, Map<String, List<Metric>> devices) {

    public EdgeReading {
        templates = List.copyOf(templates);
        node = List.copyOf(node);
        devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
        devices.keySet().forEach(id -> EdgeId.requireId("device", id));
        requireDistinct("device", devices.keySet());
        requireDistinct("metric", names(templates, node));
        devices.values().forEach(metrics -> requireDistinct("metric", names(List.of(), metrics)));
        requireNoneReserved(names(templates, node));
        var definitions = definitions(templates);
        node.forEach(metric -> requireDefinition(metric, definitions));
        devices.values().forEach(metrics -> metrics.forEach(metric -> requireDefinition(metric, definitions)));
    }

    private static List<String> names(List<Metric> templates, List<Metric> metrics) {
        var names = new java.util.ArrayList<String>();
        templates.forEach(metric -> names.add(metric.requiredName()));
        metrics.forEach(metric -> names.add(metric.requiredName()));
        return names;
    }

    private static void requireDistinct(String what, Iterable<String> names) {
        var seen = new HashSet<String>();
        for (String name : names) {
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                throw new SparkplugException(what + " is there twice but for case: name=" + name);
            }
        }
    }

    private static void requireNoneReserved(List<String> names) {
        names.stream().filter(name -> name.equalsIgnoreCase("bdSeq") || name.startsWith("Node Control/")).findFirst()
                .ifPresent(name -> {
                    throw new SparkplugException("metric name is the edge node's own: name=" + name);
                });
    }

    private static Map<String, Template> definitions(List<Metric> templates) {
        return templates.stream().collect(Collectors.toMap(Metric::requiredName, metric -> {
            if (metric.value() instanceof MetricValue.Form(Template template) && template.isDefinition()) {
                return template;
            }
            throw new SparkplugException("no definition of a template: name=" + metric.requiredName());
        }));
    }

    private static void requireDefinition(Metric metric, Map<String, Template> definitions) {
        if (metric.value() instanceof MetricValue.Form(Template instance)) {
            var definition = instance.reference().map(definitions::get);
            if (definition.isEmpty()) {
                throw new SparkplugException("template has no definition: metric=" + metric.requiredName());
            }
            requireSame(metric, names(definition.get().members(), Metric::requiredName),
                    names(instance.members(), Metric::requiredName), true);
            requireSame(metric, names(definition.get().parameters(), Template.Parameter::name),
                    names(instance.parameters(), Template.Parameter::name), false);
        }
    }

    private static <T> HashSet<String> names(List<T> parts, Function<T, String> name) {
        return parts.stream().map(name).collect(Collectors.toCollection(HashSet::new));
    }

    private static void requireSame(Metric metric, HashSet<String> defined, HashSet<String> found, boolean whole) {
        if (!defined.containsAll(found) || whole && found.size() != defined.size()) {
            throw new SparkplugException("template instance differs from its definition: metric="
                    + metric.requiredName() + ", expected=" + defined + ", found=" + found);
        }
    }
}
