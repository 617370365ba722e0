package dev.outpost.runtime;

import dev.outpost.device.DeviceProbe;
import dev.outpost.device.DeviceProfile;
import dev.outpost.engine.EngineStatus;
import dev.outpost.provisioning.activate.Rollback;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.FleetHost;
import dev.outpost.runtime.observe.EnergyMeter;
import dev.outpost.runtime.observe.LatencyWindow;
import dev.outpost.runtime.update.LoadedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The serving process as its fleet sees it. */
final class ProcessHost implements FleetHost {

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s*(\\d+) kB");

    private final ServingProcess process;
    private final Path root;
    private final Runnable rebirth;
    private final DeviceProbe probe;
    private final EnergyMeter meter;
    private final long began = System.nanoTime();
    private EnergyMeter.Measurement energy;

    /** @param rebirth announces everything afresh on the other links */
    ProcessHost(ServingProcess process, Path root, Runnable rebirth) {
        this.rebirth = rebirth;
        this.process = process;
        this.root = root;
        this.probe = new DeviceProbe(root, EngineSetup::known);
        this.meter = EnergyMeter.under(root);
        this.energy = meter.start();
    }

    @Override
    public String tier() {
        return model().map(known -> known.engine().tier().word()).orElse("none");
    }

    @Override
    public List<String> serving() {
        return model().flatMap(LoadedModel::digest).map(ContentDigest::hex).map(List::of).orElse(List.of());
    }

    @Override
    public long idleNanos() {
        long last = status().filter(now -> now.steps() > 0).map(EngineStatus::lastStepNanos).orElse(began);
        return Math.max(0, System.nanoTime() - last);
    }

    @Override
    public CompletableFuture<String> golden() {
        return process.golden().runNow()
                .thenApply(verdict -> verdict.map(known -> (known.passed() ? "passed" : "failed")
                        + ": right=" + known.right() + ", asked=" + known.asked()
                        + (known.detail().isEmpty() ? "" : ", ")
                        + known.detail()).orElse("nothing with golden questions serves"));
    }

    @Override
    public CompletableFuture<String> rollBack() {
        return process.room().call(verifier -> {
            var pointer = process.room().pointer();
            ContentDigest active = pointer.current().map(Slot::digest)
                    .orElseThrow(() -> new IllegalStateException("no model of the store is active"));
            if (pointer.lastGood().isEmpty()) {
                throw new IllegalStateException("there is no model before it: active=" + active.brief());
            }
            Rollback.Result result = new Rollback(pointer, process.swap(), System::nanoTime).from(active);
            return result.restored()
                    .map(digest -> "serves " + digest.hex() + " after " + result.took().toMillis() + " ms")
                    .orElseThrow(() -> new IllegalStateException(result.detail()));
        });
    }

    @Override
    public void rebirth() {
        rebirth.run();
    }

    @Override
    public synchronized JsonObject metrics() {
        JsonObject record = JsonObject.of(Map.of()).with("tier", tier()).with("models", JsonArray.ofTexts(serving()))
                .with("requests", figures(process.server().metrics().requestLatencies()))
                .with("firstToken", figures(process.server().metrics().firstTokenLatencies()));
        Optional<EngineStatus> status = status();
        if (status.isPresent()) {
            EngineStatus now = status.get();
            record = record.with("engine", JsonObject.of(Map.of()).with("steps", now.steps())
                    .with("running", now.running()).with("queued", now.queued())
                    .with("promptTokens", now.promptTokens())
                    .with("cachedTokens", now.cachedTokens()).with("generatedTokens", now.generatedTokens()));
        }
        OptionalLong resident = residentBytes();
        record = resident.isPresent() ? record.with("residentBytes", resident.getAsLong()) : record;
        JsonObject temperatures = JsonObject.of(Map.of());
        for (DeviceProfile.Temperature zone : probe.probe().temperatures()) {
            temperatures = temperatures.with(zone.zone(), new JsonNumber(zone.celsius()));
        }
        record = record.with("celsius", temperatures);
        var joules = energy.joules();
        energy = meter.start();
        return joules.isPresent() ? record.with("joules", new JsonNumber(joules.getAsDouble())) : record;
    }

    @Override
    public void restart(String why) {
        process.restart().run();
    }

    private Optional<LoadedModel> model() {
        return process.swap().current();
    }

    private Optional<EngineStatus> status() {
        return model().map(known -> known.engine().status());
    }

    private OptionalLong residentBytes() {
        try {
            Matcher found = RESIDENT.matcher(Files.readString(root.resolve("proc/self/status")));
            return found.find() ? OptionalLong.of(Long.parseLong(found.group(1)) << 10) : OptionalLong.empty();
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }

    private static JsonObject figures(LatencyWindow.Figures figures) {
        return JsonObject.of(Map.of()).with("count", figures.count())
                .with("p50Millis", new JsonNumber(figures.p50Millis()))
                .with("p95Millis", new JsonNumber(figures.p95Millis()));
    }
}
