package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.sparkplug.MetricValue.Properties;
import dev.outpost.runtime.sparkplug.Template.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Payloads to bytes and back. Field numbers are those of the public message {@code org.eclipse.tahu.protobuf.Payload};
 * the numbers of a value's {@code oneof} differ by message and are given as the number of its first member,
 * {@code int_value}; the others follow: long, float, double, boolean, string.
 */
final class PayloadCodec {

    private static final int METRIC_VALUE = 10;
    private static final int CELL_VALUE = 1;
    private static final int PARAMETER_VALUE = 3;
    private static final int PROPERTY_VALUE = 3;

    private PayloadCodec() {}

    static byte[] encode(Payload payload) {
        var out = new ProtoWriter();
        payload.timestamp().ifPresent(millis -> out.varint(1, millis));
        payload.metrics().forEach(metric -> out.message(2, inner -> write(metric, inner)));
        payload.seq().ifPresent(seq -> out.varint(3, seq));
        return out.toByteArray();
    }

    /** @throws SparkplugException for anything that is not a payload */
    static Payload decode(byte[] bytes) {
        var in = new ProtoReader(bytes);
        var timestamp = OptionalLong.empty();
        var seq = OptionalLong.empty();
        var metrics = new ArrayList<Metric>();
        for (int field; (field = in.field()) != 0;) {
            switch (field) {
                case 1 -> timestamp = OptionalLong.of(in.varint());
                case 2 -> metrics.add(metric(in.message()));
                case 3 -> seq = OptionalLong.of(in.varint());
                default -> in.skip();
            }
        }
        return new Payload(timestamp, seq, metrics);
    }

    private static void write(Metric metric, ProtoWriter out) {
        metric.name().ifPresent(name -> out.text(1, name));
        metric.alias().ifPresent(alias -> out.varint(2, alias));
        metric.timestamp().ifPresent(millis -> out.varint(3, millis));
        metric.type().ifPresent(type -> out.varint(4, type.number()));
        if (metric.historical()) {
            out.flag(5, true);
        }
        if (metric.value() instanceof MetricValue.Absent) {
            out.flag(7, true);
        }
        if (!metric.properties().isEmpty()) {
            out.message(9, inner -> write(metric.properties(), inner));
        }
        write(metric.value(), METRIC_VALUE, out);
    }

    /** The member of the {@code oneof} that this value takes; {@code first} is the number of {@code int_value}. */
    private static void write(MetricValue value, int first, ProtoWriter out) {
        switch (value) {
            case MetricValue.Absent() -> {
            }
            case MetricValue.Int(long number) -> out.varint(first, number & 0xffff_ffffL);
            case MetricValue.Whole(long number) -> out.varint(first + 1, number);
            case MetricValue.Single(float number) -> out.single(first + 2, number);
            case MetricValue.Real(double number) -> out.real(first + 3, number);
            case MetricValue.Flag(boolean set) -> out.flag(first + 4, set);
            case MetricValue.Words(String text) -> out.text(first + 5, text);
            case MetricValue.Octets octets -> out.bytes(first + 6, octets.bytes());
            case MetricValue.Table(DataSet set) -> out.message(first + 7, inner -> write(set, inner));
            case MetricValue.Form(Template template) -> out.message(first + 8, inner -> write(template, inner));
            case MetricValue.Properties(List<Property> all) -> out.message(first + 6, inner -> write(all, inner));
            case MetricValue.PropertyList(List<Properties> sets) -> out.message(first + 7,
                    inner -> sets.forEach(set -> inner.message(1, each -> write(set.all(), each))));
        }
    }

    private static void write(DataSet set, ProtoWriter out) {
        out.varint(1, set.columns().size());
        set.columns().forEach(name -> out.text(2, name));
        set.types().forEach(type -> out.varint(3, type.number()));
        for (var row : set.rows()) {
            out.message(4, inner -> row.forEach(cell -> inner.message(1, each -> write(cell, CELL_VALUE, each))));
        }
    }

    private static void write(Template template, ProtoWriter out) {
        template.version().ifPresent(version -> out.text(1, version));
        template.members().forEach(member -> out.message(2, inner -> write(member, inner)));
        template.parameters().forEach(parameter -> out.message(3, inner -> {
            inner.text(1, parameter.name());
            inner.varint(2, parameter.type().number());
            write(parameter.value(), PARAMETER_VALUE, inner);
        }));
        template.reference().ifPresent(name -> out.text(4, name));
        out.flag(5, template.isDefinition());
    }

    private static void write(List<Property> properties, ProtoWriter out) {
        properties.forEach(property -> out.text(1, property.key()));
        properties.forEach(property -> out.message(2, inner -> {
            inner.varint(1, property.type().number());
            if (property.value() instanceof MetricValue.Absent) {
                inner.flag(2, true);
            }
            write(property.value(), PROPERTY_VALUE, inner);
        }));
    }

    private static Metric metric(ProtoReader in) {
        Optional<String> name = Optional.empty();
        var alias = OptionalLong.empty();
        var timestamp = OptionalLong.empty();
        Optional<DataType> type = Optional.empty();
        boolean historical = false;
        MetricValue value = MetricValue.ABSENT;
        List<Property> properties = List.of();
        for (int field; (field = in.field()) != 0;) {
            switch (field) {
                case 1 -> name = Optional.of(in.text());
                case 2 -> alias = OptionalLong.of(in.varint());
                case 3 -> timestamp = OptionalLong.of(in.varint());
                case 4 -> type = Optional.of(type(in.varint()));
                case 5 -> historical = in.flag();
                case 9 -> properties = properties(in.message());
                case 10, 11, 12, 13, 14, 15 -> value = basic(field - METRIC_VALUE, in);
                case 16 -> value = new MetricValue.Octets(in.bytes());
                case 17 -> value = new MetricValue.Table(dataSet(in.message()));
                case 18 -> value = new MetricValue.Form(template(in.message()));
                default -> in.skip();
            }
        }
        MetricValue read = value;
        return new Metric(name, alias, timestamp, type, historical, type.map(t -> t.read(read)).orElse(value),
                properties);
    }

    private static DataType type(long number) {
        return DataType.of(number).orElseThrow(() -> new SparkplugException("data type is unknown: number=" + number));
    }

    /** @param member 0 is {@code int_value} */
    private static MetricValue basic(int member, ProtoReader in) {
        return switch (member) {
            case 0 -> new MetricValue.Int(in.varint() & 0xffff_ffffL);
            case 1 -> new MetricValue.Whole(in.varint());
            case 2 -> new MetricValue.Single(in.single());
            case 3 -> new MetricValue.Real(in.real());
            case 4 -> new MetricValue.Flag(in.flag());
            case 5 -> new MetricValue.Words(in.text());
            default -> throw new IllegalArgumentException("no basic value: member=" + member);
        };
    }

    private static DataSet dataSet(ProtoReader in) {
        long width = -1;
        var columns = new ArrayList<String>();
        var types = new ArrayList<DataType>();
        var cells = new ArrayList<List<MetricValue>>();
        for (int field; (field = in.field()) != 0;) {
            switch (field) {
                case 1 -> width = in.varint();
                case 2 -> columns.add(in.text());
                case 3 -> {
                    for (long number : in.varints()) {
                        types.add(type(number));
                    }
                }
                case 4 -> cells.add(row(in.message()));
                default -> in.skip();
            }
        }
        if (width != columns.size()) {
            throw new SparkplugException("data set columns: expected=" + width + ", found=" + columns.size());
        }
        return new DataSet(columns, types, cells.stream().map(row -> read(row, types)).toList());
    }

    private static List<MetricValue> row(ProtoReader in) {
        var cells = new ArrayList<MetricValue>();
        for (int field; (field = in.field()) != 0;) {
            if (field == 1) {
                cells.add(lone(in.message(), CELL_VALUE));
            } else {
                in.skip();
            }
        }
        return cells;
    }

    private static List<MetricValue> read(List<MetricValue> row, List<DataType> types) {
        if (row.size() != types.size()) {
            throw new SparkplugException("data set row is not as wide as its head: expected=" + types.size()
                    + ", found=" + row.size());
        }
        var cells = new ArrayList<MetricValue>();
        for (int i = 0; i < row.size(); i++) {
            cells.add(types.get(i).read(row.get(i)));
        }
        return cells;
    }

    /** A message that is nothing but a value. */
    private static MetricValue lone(ProtoReader in, int first) {
        MetricValue value = MetricValue.ABSENT;
        for (int field; (field = in.field()) != 0;) {
            if (field >= first && field < first + 6) {
                value = basic(field - first, in);
            } else {
                in.skip();
            }
        }
        return value;
    }

    private static Template template(ProtoReader in) {
        Optional<String> version = Optional.empty();
        Optional<String> reference = Optional.empty();
        boolean definition = false;
        var members = new ArrayList<Metric>();
        var parameters = new ArrayList<Parameter>();
        for (int field; (field = in.field()) != 0;) {
            switch (field) {
                case 1 -> version = Optional.of(in.text());
                case 2 -> members.add(metric(in.message()));
                case 3 -> parameters.add(parameter(in.message()));
                case 4 -> reference = Optional.of(in.text());
                case 5 -> definition = in.flag();
                default -> in.skip();
            }
        }
        if (definition == reference.isPresent()) {
            throw new SparkplugException("template is either a definition or names one: isDefinition=" + definition
                    + ", reference=" + reference.orElse(""));
        }
        return new Template(version, reference, members, parameters);
    }

    private static Parameter parameter(ProtoReader in) {
        String name = "";
        DataType type = DataType.UNKNOWN;
        MetricValue value = MetricValue.ABSENT;
        for (int field; (field = in.field()) != 0;) {
            switch (field) {
                case 1 -> name = in.text();
                case 2 -> type = type(in.varint());
                case 3, 4, 5, 6, 7, 8 -> value = basic(field - PARAMETER_VALUE, in);
                default -> in.skip();
            }
        }
        return new Parameter(name, type, type.read(value));
    }

    private static List<Property> properties(ProtoReader in) {
        var keys = new ArrayList<String>();
        var values = new ArrayList<Function<String, Property>>();
        for (int field; (field = in.field()) != 0;) {
            switch (field) {
                case 1 -> keys.add(in.text());
                case 2 -> values.add(property(in.message()));
                default -> in.skip();
            }
        }
        if (keys.size() != values.size()) {
            throw new SparkplugException("properties: expected as many values as keys, keys=" + keys.size()
                    + ", values=" + values.size());
        }
        var properties = new ArrayList<Property>();
        for (int i = 0; i < keys.size(); i++) {
            properties.add(values.get(i).apply(keys.get(i)));
        }
        return properties;
    }

    private static Function<String, Property> property(ProtoReader in) {
        DataType type = DataType.UNKNOWN;
        MetricValue value = MetricValue.ABSENT;
        for (int field; (field = in.field()) != 0;) {
            switch (field) {
                case 1 -> type = type(in.varint());
                case 3, 4, 5, 6, 7, 8 -> value = basic(field - PROPERTY_VALUE, in);
                case 9 -> value = new Properties(properties(in.message()));
                case 10 -> value = propertyList(in.message());
                default -> in.skip();
            }
        }
        DataType known = type;
        MetricValue read = type.read(value);
        return key -> new Property(key, known, read);
    }

    private static MetricValue propertyList(ProtoReader in) {
        var sets = new ArrayList<Properties>();
        for (int field; (field = in.field()) != 0;) {
            if (field == 1) {
                sets.add(new Properties(properties(in.message())));
            } else {
                in.skip();
            }
        }
        return new MetricValue.PropertyList(sets);
    }
}
