package dev.outpost.runtime.sparkplug;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The value each metric was last known to have, by device (empty is the node). One thread. */
final class LastValues {

    private final Map<Optional<String>, Map<String, Metric>> last = new HashMap<>();

    /** Everything was just said: what a birth holds is all there is. */
    void born(Optional<String> device, List<Metric> metrics) {
        var known = new LinkedHashMap<String, Metric>();
        metrics.forEach(metric -> known.put(metric.requiredName(), metric));
        last.put(device, known);
    }

    void gone(String device) {
        last.remove(Optional.of(device));
    }

    Set<String> devices() {
        var devices = new HashSet<String>();
        last.keySet().forEach(device -> device.ifPresent(devices::add));
        return devices;
    }

    /** Whether all of these have a known name and type. */
    boolean knows(Optional<String> device, List<Metric> metrics) {
        var known = last.getOrDefault(device, Map.of());
        return metrics.stream().allMatch(metric -> Optional.ofNullable(known.get(metric.requiredName()))
                .filter(before -> before.type().equals(metric.type())).isPresent());
    }

    Optional<Metric> find(Optional<String> device, String name) {
        return Optional.ofNullable(last.getOrDefault(device, Map.of()).get(name));
    }

    /**
     * What differs from the last time; a metric that was not read has no value now. What was never read before is no
     * change. Notes what it returns.
     */
    List<Metric> changed(Optional<String> device, List<Metric> metrics, long now) {
        var known = last.computeIfAbsent(device, any -> new LinkedHashMap<>());
        var changed = new ArrayList<Metric>();
        var read = new HashSet<String>();
        for (var metric : metrics) {
            read.add(metric.requiredName());
            var before = Optional.ofNullable(known.put(metric.requiredName(), metric));
            if (before.map(Metric::value).filter(value -> !value.equals(metric.value())).isPresent()) {
                changed.add(metric);
            }
        }
        for (var entry : known.entrySet()) {
            if (!read.contains(entry.getKey()) && !(entry.getValue().value() instanceof MetricValue.Absent)) {
                entry.setValue(entry.getValue().absent().at(now));
                changed.add(entry.getValue());
            }
        }
        return changed;
    }
}
