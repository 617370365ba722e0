package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.sparkplug.MetricValue.Form;
import dev.outpost.runtime.sparkplug.MetricValue.Int;
import dev.outpost.runtime.sparkplug.MetricValue.Octets;
import dev.outpost.runtime.sparkplug.MetricValue.Single;
import dev.outpost.runtime.sparkplug.MetricValue.Table;
import dev.outpost.runtime.sparkplug.MetricValue.Whole;
import dev.outpost.runtime.sparkplug.MetricValue.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something with metrics of every kind: a node, a device {@code engine} that takes commands and a device
 * {@code sensor} that takes none. Any thread.
 */
final class Plant implements MetricSource, CommandPort {

    static final String LATENCY = "LatencyForm";

    private final Map<String, MetricValue> values = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean sensor = true;
    private volatile boolean broken;
    private volatile DataType requests = DataType.INT64;

    void set(String metric, MetricValue value) {
        values.put(metric, value);
    }

    void sensor(boolean there) {
        sensor = there;
    }

    /** While broken nothing can be read. */
    void broken(boolean now) {
        broken = now;
    }

    /** Another program may say the same metric with another type. */
    void retype() {
        requests = DataType.DATE_TIME;
    }

    Optional<MetricValue> value(String metric) {
        return Optional.ofNullable(values.get(metric));
    }

    int reads() {
        return reads.get();
    }

    /** Waits for so many more looks at the metrics. */
    void awaitReads(int more) {
        int wanted = reads.get() + more;
        HostApplication.await(() -> reads.get() >= wanted);
    }

    @Override
    public EdgeReading read() {
        reads.incrementAndGet();
        if (broken) {
            throw new IllegalStateException("broken on purpose");
        }
        var node = List.of(
                metric("Temperature", DataType.DOUBLE, new MetricValue.Real(21.5), Property.unit("°C"),
                        Property.quality(Property.Quality.GOOD)),
                metric("Requests", requests, new Whole(0)), metric("Queue", DataType.UINT32, new Int(0)),
                metric("Firmware", DataType.STRING, new Words("1.0")),
                metric("Energy", DataType.DOUBLE, MetricValue.ABSENT),
                metric("Samples", DataType.INT16_ARRAY, new Octets(new byte[]{1, 0, 2, 0})),
                metric("Models", DataType.DATA_SET, new Table(new DataSet(List.of("name", "bytes", "active"),
                        List.of(DataType.STRING, DataType.INT64, DataType.BOOLEAN),
                        List.of(List.of(new Words("small"), new Whole(5), new MetricValue.Flag(true)))))),
                metric("Latency", DataType.TEMPLATE, latency(1.5)));
        var devices = new LinkedHashMap<String, List<Metric>>();
        devices.put("engine", List.of(metric("Setpoint", DataType.INT32, new Int(-7)),
                metric("Active", DataType.BOOLEAN, new MetricValue.Flag(true)),
                metric("Loaded", DataType.DATE_TIME, new Whole(1_700_000_000_000L)),
                metric("Wait", DataType.TEMPLATE, latency(9)),
                metric("Fuel", DataType.FLOAT, MetricValue.ABSENT)));
        if (sensor) {
            devices.put("sensor", List.of(metric("Level", DataType.FLOAT, new Single(0.5f))));
        }
        return new EdgeReading(List.of(Metric.of(LATENCY, DataType.TEMPLATE, new Form(new Template(Optional.of("2"),
                Optional.empty(), List.of(Metric.real("p50", 0), Metric.real("p95", 0)),
                List.of(new Template.Parameter("unit", DataType.STRING, new Words("ms")),
                        new Template.Parameter("window", DataType.INT32, new Int(60))))))),
                node, devices);
    }

    static MetricValue latency(double median) {
        return new Form(new Template(Optional.of("2"), Optional.of(LATENCY),
                List.of(Metric.real("p50", median), Metric.real("p95", median * 2)),
                List.of(new Template.Parameter("unit", DataType.STRING, new Words("s")))));
    }

    @Override
    public boolean isWritable(Optional<String> device) {
        return device.isEmpty() || device.get().equals("engine");
    }

    @Override
    public void write(Optional<String> device, String metric, MetricValue value) {
        if (!metric.equals("Setpoint") && !metric.equals("Firmware")) {
            throw new SparkplugException("read only: metric=" + metric);
        }
        set(metric, value);
    }

    private Metric metric(String name, DataType type, MetricValue fallback, Property... properties) {
        return Metric.of(name, type, values.getOrDefault(name, fallback), properties);
    }
}
