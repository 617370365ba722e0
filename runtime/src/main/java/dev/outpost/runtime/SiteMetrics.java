package dev.outpost.runtime;

import dev.outpost.device.DeviceProbe;
import dev.outpost.device.DeviceProfile.Temperature;
import dev.outpost.engine.EngineStatus;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.StoredModel;
import dev.outpost.runtime.http.ModelLabel;
import dev.outpost.runtime.observe.LatencyWindow.Figures;
import dev.outpost.runtime.sparkplug.DataType;
import dev.outpost.runtime.sparkplug.EdgeReading;
import dev.outpost.runtime.sparkplug.Metric;
import dev.outpost.runtime.sparkplug.MetricSource;
import dev.outpost.runtime.sparkplug.MetricValue;
import dev.outpost.runtime.sparkplug.Property;
import dev.outpost.runtime.sparkplug.Property.Quality;
import dev.outpost.runtime.update.LoadedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What hosts of the site see: the node is the box, its one device the model that serves. Figures are rounded to what
 * matters, so that a box at rest says nothing. One thread, the edge node's.
 */
final class SiteMetrics implements MetricSource {

    static final String SELECT = "Model/Select";
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s*(\\d+) kB");
    private static final double NANOS = 1e9;

    private final ServingProcess process;
    private final Path root;
    private final DeviceProbe probe;
    private Optional<ContentDigest> asked = Optional.empty();
    private CompletableFuture<String> named = CompletableFuture.completedFuture("");
    private Optional<Path> counted = Optional.empty();
    private long tokens;
    private long tokensAt;

    SiteMetrics(ServingProcess process, Path root) {
        this.process = process;
        this.root = root;
        this.probe = new DeviceProbe(root, EngineSetup::known);
    }

    @Override
    public EdgeReading read() {
        Optional<LoadedModel> model = process.swap().current();
        Optional<ModelLabel> label = process.server().model();
        Map<String, List<Metric>> devices = model.isPresent() && label.isPresent()
                ? Map.of(label.get().name(), model(model.get(), label.get()))
                : Map.of();
        return new EdgeReading(List.of(), node(model, label), devices);
    }

    private List<Metric> node(Optional<LoadedModel> model, Optional<ModelLabel> label) {
        UpdateReport update = process.room().report();
        return List.of(Metric.text("Runtime/Version", Release.version().toString()),
                Metric.text("Runtime/Java", Runtime.version().toString()),
                Metric.text("Runtime/Tier", model.map(known -> known.engine().tier().word()).orElse("none")),
                temperature(),
                optional("Memory/Resident", residentMebibytes(), Property.unit("MiB")),
                Metric.text("Update/State", update.state().name().toLowerCase(Locale.ROOT)),
                Metric.text("Update/Line", update.line()),
                Metric.whole("Update/Counter", update.counter()),
                Metric.whole("Update/Fetched", update.fetchedBytes() >> 20, Property.unit("MiB")),
                Metric.text(SELECT, model.flatMap(LoadedModel::digest).map(this::storedAs)
                        .or(() -> label.map(ModelLabel::name)).orElse("")));
    }

    /** The name under which the store has the model; asked at its turn on the update's thread, and kept. */
    private String storedAs(ContentDigest digest) {
        if (!asked.equals(Optional.of(digest))) {
            asked = Optional.of(digest);
            named = process.room().call(_ -> process.room().store().find(digest).map(StoredModel::names)
                    .filter(names -> !names.isEmpty()).map(SortedSet::first).orElse(digest.brief()));
        }
        return named.isCompletedExceptionally() ? digest.brief() : named.getNow(digest.brief());
    }

    private List<Metric> model(LoadedModel model, ModelLabel label) {
        EngineStatus status = model.engine().status();
        Figures requests = process.server().metrics().recentRequests();
        Figures firstTokens = process.server().metrics().recentFirstTokens();
        return List.of(Metric.text("Name", label.name()),
                Metric.text("Digest", model.digest().map(ContentDigest::hex).or(label::digest).orElse("")),
                Metric.text("Quantisation", model.engine().card().quantisation()),
                Metric.real("Tokens/Rate", tokensPerSecond(model, status), Property.unit("1/s")),
                Metric.whole("Tokens/Generated", status.generatedTokens()),
                Metric.whole("Tokens/Prompt", status.promptTokens()),
                Metric.whole("Queue/Waiting", status.queued()), Metric.whole("Queue/Running", status.running()),
                Metric.whole("Requests/Answered", requests.count()), latency("Requests/Median", requests.p50Millis()),
                latency("Requests/Slow", requests.p95Millis()),
                latency("First Token/Median", firstTokens.p50Millis()),
                latency("First Token/Slow", firstTokens.p95Millis()));
    }

    private static Metric latency(String name, double millis) {
        return Metric.real(name, Math.round(millis * 10) / 10.0, Property.unit("ms"));
    }

    /** Of the hottest zone, in half degrees; a box without a sensor has no value, of bad quality. */
    private Metric temperature() {
        OptionalDouble hottest = probe.probe().temperatures().stream().mapToDouble(Temperature::celsius).max();
        return hottest.isPresent()
                ? Metric.real("Temperature", Math.round(hottest.getAsDouble() * 2) / 2.0, Property.unit("°C"),
                        Property.quality(Quality.GOOD))
                : Metric.of("Temperature", DataType.DOUBLE, MetricValue.ABSENT, Property.unit("°C"),
                        Property.quality(Quality.BAD));
    }

    private static Metric optional(String name, OptionalLong value, Property unit) {
        return value.isPresent()
                ? Metric.whole(name, value.getAsLong(), unit)
                : Metric.of(name, DataType.INT64, MetricValue.ABSENT, unit);
    }

    /** Since the last look, to a tenth. */
    private double tokensPerSecond(LoadedModel model, EngineStatus status) {
        long now = System.nanoTime();
        boolean same = counted.equals(Optional.of(model.file()));
        double rate = same && now > tokensAt ? (status.generatedTokens() - tokens) * NANOS / (now - tokensAt) : 0;
        counted = Optional.of(model.file());
        tokens = status.generatedTokens();
        tokensAt = now;
        return Math.round(rate * 10) / 10.0;
    }

    private OptionalLong residentMebibytes() {
        try {
            Matcher found = RESIDENT.matcher(Files.readString(root.resolve("proc/self/status")));
            return found.find() ? OptionalLong.of(Long.parseLong(found.group(1)) >> 10) : OptionalLong.empty();
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }
}
