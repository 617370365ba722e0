package dev.outpost.runtime.sparkplug;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One metric, as it is said or heard.
 *
 * @param name empty where an alias stands for it
 * @param alias number that stands for the name after a birth
 * @param timestamp milliseconds since 1970, UTC, when the value was read
 * @param type empty where a birth said it
 * @param historical the value was read in the past and is no news
 * @param value by type where the type is known, else as the wire carries it
 * @param properties said in births
 */
public record Metric(Optional<String> name, OptionalLong alias, OptionalLong timestamp, Optional<DataType> type,
        boolean historical, MetricValue value, List<Property> properties) {

    public Metric {
        properties = List.copyOf(properties);
        if (type.isPresent() && !type.get().fits(value)) {
            throw new SparkplugException("metric does not fit its type: name=" + name.orElse("") + ", type="
                    + type.get() + ", value=" + value.getClass().getSimpleName());
        }
    }

    /** A metric as a source reads it. */
    public static Metric of(String name, DataType type, MetricValue value, Property... properties) {
        return new Metric(Optional.of(name), OptionalLong.empty(), OptionalLong.empty(), Optional.of(type), false,
                value,
                List.of(properties));
    }

    public static Metric text(String name, String value) {
        return of(name, DataType.STRING, new MetricValue.Words(value));
    }

    public static Metric whole(String name, long value, Property... properties) {
        return of(name, DataType.INT64, new MetricValue.Whole(value), properties);
    }

    public static Metric real(String name, double value, Property... properties) {
        return of(name, DataType.DOUBLE, new MetricValue.Real(value), properties);
    }

    public static Metric flag(String name, boolean value) {
        return of(name, DataType.BOOLEAN, new MetricValue.Flag(value));
    }

    /** Read at this time. */
    public Metric at(long millis) {
        return new Metric(name, alias, OptionalLong.of(millis), type, historical, value, properties);
    }

    /** The same metric without a value. */
    public Metric absent() {
        return new Metric(name, alias, timestamp, type, historical, MetricValue.ABSENT, properties);
    }

    Metric withAlias(long number) {
        return new Metric(name, OptionalLong.of(number), timestamp, type, historical, value, properties);
    }

    /** As data says it: what the birth said stays unsaid; where there is an alias, the name too. */
    Metric asData(boolean past) {
        return new Metric(alias.isPresent() ? Optional.empty() : name, alias, timestamp, Optional.empty(), past, value,
                List.of());
    }

    String requiredName() {
        return name.orElseThrow(() -> new SparkplugException("metric has no name"));
    }
}
