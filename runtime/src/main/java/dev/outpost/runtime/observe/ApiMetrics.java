package dev.outpost.runtime.observe;

import dev.outpost.engine.EngineStatus;
import dev.outpost.engine.GenerationEvent.Usage;
import dev.outpost.engine.RequestClass;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** What the HTTP side counts, and what it reads off the engine when it is scraped. */
public final class ApiMetrics {

    private static final double[] DURATIONS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500};
    private static final double[] TOKEN_TIMES = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2};
    private static final double[] TOKENS = {1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536};

    private final LatencyWindow requests = new LatencyWindow();
    private final LatencyWindow firstTokens = new LatencyWindow();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Histogram requestDuration = Histogram.builder().name("gen_ai_server_request_duration")
            .unit(Unit.SECONDS).help("Time from a request's arrival to its last byte").classicUpperBounds(DURATIONS)
            .classicOnly().labelNames("gen_ai_operation_name", "status").register(registry);
    private final Histogram firstToken = Histogram.builder().name("gen_ai_server_time_to_first_token")
            .unit(Unit.SECONDS).help("Time from submission to the first sampled token").classicUpperBounds(DURATIONS)
            .classicOnly().register(registry);
    private final Histogram perToken = Histogram.builder().name("gen_ai_server_time_per_output_token")
            .unit(Unit.SECONDS).help("Mean time of each token after the first").classicUpperBounds(TOKEN_TIMES)
            .classicOnly().register(registry);
    private final Histogram tokenUsage = Histogram.builder().name("gen_ai_client_token_usage")
            .help("Tokens of one choice").classicUpperBounds(TOKENS).classicOnly().labelNames("gen_ai_token_type")
            .register(registry);
    private final Counter refused = Counter.builder().name("outpost_refused")
            .help("Requests refused for load, by reason").labelNames("reason").register(registry);
    private final Counter clientGone = Counter.builder().name("outpost_client_gone")
            .help("Requests ended because their client left").register(registry);

    /** @param queueFull reasons that appear with 0 from the start, so that a rate exists before the first refusal */
    public ApiMetrics(String... queueFull) {
        for (String reason : queueFull) {
            refused.initLabelValues(reason);
        }
    }

    /**
     * The model that answers.
     *
     * @param name what it is called
     * @param digest SHA-256 of its file in hexadecimal; empty where unknown
     */
    public record Model(String name, String digest) {}

    /** Adds the gauges that are read at scrape time. Called once. */
    public void watch(Supplier<Optional<EngineStatus>> engine, ToIntFunction<RequestClass> inFlight,
            Supplier<Optional<Model>> model) {
        GaugeWithCallback.builder().name("outpost_model_served").help("1 for the model that answers, by its labels")
                .labelNames("model", "digest")
                .callback(sample -> model.get().ifPresent(now -> sample.call(1, now.name(), now.digest())))
                .register(registry);
        gauge("outpost_model_loaded", "1 while a model answers", () -> model.get().flatMap(_ -> engine.get()), _ -> 1);
        GaugeWithCallback.builder().name("outpost_requests_in_flight").help("Generations admitted and not ended")
                .labelNames("class").callback(sample -> {
                    for (RequestClass each : RequestClass.values()) {
                        sample.call(inFlight.applyAsInt(each), each.name().toLowerCase(Locale.ROOT));
                    }
                }).register(registry);
        gauge("outpost_queue_depth", "Generations that wait for a slot, all classes", engine, EngineStatus::queued);
        gauge("outpost_slots_busy", "Generations that hold a slot", engine, EngineStatus::running);
        counter("outpost_prompt_tokens", "Prompt tokens processed, cached ones not counted", engine,
                EngineStatus::promptTokens);
        counter("outpost_prompt_tokens_cached", "Prompt tokens taken from a reused prefix", engine,
                EngineStatus::cachedTokens);
        counter("outpost_generated_tokens", "Tokens sampled", engine, EngineStatus::generatedTokens);
        counter("outpost_engine_steps", "Batches run", engine, EngineStatus::steps);
    }

    /** Answered requests since it was asked last. */
    public LatencyWindow.Figures requestLatencies() {
        return requests.drain();
    }

    /** Answered requests since the start; takes nothing from {@link #requestLatencies}. */
    public LatencyWindow.Figures recentRequests() {
        return requests.recent();
    }

    /** Times to a first token since the start; takes nothing from {@link #firstTokenLatencies}. */
    public LatencyWindow.Figures recentFirstTokens() {
        return firstTokens.recent();
    }

    /** Times to a first token since it was asked last. */
    public LatencyWindow.Figures firstTokenLatencies() {
        return firstTokens.drain();
    }

    /** A request that was answered, refused or broken off. */
    public void requestEnded(String operation, int status, long nanos) {
        if (status < 400) {
            requests.add(nanos);
        }
        requestDuration.labelValues(operation, Integer.toString(status)).observe(nanos / 1e9);
    }

    public void refused(String reason) {
        refused.labelValues(reason).inc();
    }

    public void clientGone() {
        clientGone.inc();
    }

    public void choiceEnded(Usage usage) {
        firstTokens.add(usage.queuedNanos() + usage.prefillNanos());
        firstToken.observe((usage.queuedNanos() + usage.prefillNanos()) / 1e9);
        if (usage.completionTokens() > 1) {
            perToken.observe(usage.decodeNanos() / 1e9 / (usage.completionTokens() - 1));
        }
        tokenUsage.labelValues("input").observe(usage.promptTokens());
        tokenUsage.labelValues("output").observe(usage.completionTokens());
    }

    /** Text format 0.0.4 in UTF-8; its content type is {@link #contentType()}. */
    public byte[] text() {
        var out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public String contentType() {
        return PrometheusTextFormatWriter.CONTENT_TYPE;
    }

    private void gauge(String name, String help, Supplier<Optional<EngineStatus>> engine,
            ToLongFunction<EngineStatus> value) {
        GaugeWithCallback.builder().name(name).help(help)
                .callback(sample -> sample.call(engine.get().map(value::applyAsLong).orElse(0L))).register(registry);
    }

    private void counter(String name, String help, Supplier<Optional<EngineStatus>> engine,
            ToLongFunction<EngineStatus> value) {
        CounterWithCallback.builder().name(name).help(help)
                .callback(sample -> sample.call(engine.get().map(value::applyAsLong).orElse(0L))).register(registry);
    }
}
