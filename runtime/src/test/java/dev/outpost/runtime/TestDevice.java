package dev.outpost.runtime;

import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.activate.Rollback;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.config.ConfigChain;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.fleet.FleetHost;
import dev.outpost.runtime.update.UpdateGround;
import dev.outpost.runtime.update.UpdateRoom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** One process of a device over its state directory: everything real but the engine, which only looks at digests. */
final class TestDevice implements AutoCloseable, FleetHost, ModelPreparer, HealthProbe {

    final UpdateGround ground;
    final FleetWiring wiring;
    final UpdateRoom room;
    final CountDownLatch restarts = new CountDownLatch(1);
    private final Set<ContentDigest> wrong;
    private volatile Optional<ContentDigest> serving = Optional.empty();
    private volatile Optional<ContentDigest> candidate = Optional.empty();

    private TestDevice(UpdateGround ground, FleetWiring wiring, Set<ContentDigest> wrong) {
        this.ground = ground;
        this.wiring = wiring;
        this.wrong = wrong;
        this.serving = ground.start();
        ground.pointer().startedWell();
        this.room = UpdateRoom.start(ground, wiring.parts(), this, this);
        wiring.begin(room, this);
    }

    /** Settings of a device that is in no hurry to be polite. */
    static Map<String, String> settings(Path state, String device) {
        Map<String, String> flags = new HashMap<>();
        flags.put("state.directory", state.toString());
        flags.put("device.id", device);
        flags.put("fleet.carriers", "usb");
        flags.put("fleet.look-interval", "50ms");
        flags.put("fleet.enrol-backoff", "50ms");
        flags.put("fleet.answer-deadline", "2s");
        flags.put("telemetry.metric-interval", "100ms");
        flags.put("telemetry.ack-timeout", "500ms");
        flags.put("link.fleet.backoff-first", "20ms");
        flags.put("link.fleet.backoff-most", "200ms");
        flags.put("link.fleet.stable-after", "1s");
        flags.put("link.fleet.connects-per-minute", "6000");
        flags.put("link.fleet.connect-deadline", "1s");
        return flags;
    }

    static RuntimeConfig config(Path root, Map<String, String> flags) {
        var surroundings = new Surroundings(root, Map.of(), root, Optional.empty(), Optional.empty());
        return new ConfigChain(surroundings, Optional.empty(), flags).resolve(name -> Optional.empty()).config();
    }

    /** Starts the process; empty where nobody has claimed the device. */
    static Optional<TestDevice> start(Path root, Map<String, String> flags, Set<ContentDigest> wrong) {
        RuntimeConfig config = config(root, flags);
        UpdateGround ground = UpdateGround.open(config.state().directory(), Release.BUILT);
        return FleetWiring.open(config, new FleetWiring.Board(root, "pi", new Version(0, 1, 0)), ground)
                .map(wiring -> new TestDevice(ground, wiring, ConcurrentHashMap.newKeySet())).map(device -> {
                    device.wrong.addAll(wrong);
                    return device;
                });
    }

    Optional<ContentDigest> answers() {
        return serving;
    }

    @Override
    public void close() {
        wiring.close();
        room.close();
    }

    @Override
    public String tier() {
        return "scalar";
    }

    @Override
    public List<String> serving() {
        return serving.map(ContentDigest::hex).map(List::of).orElse(List.of());
    }

    @Override
    public long idleNanos() {
        return 0;
    }

    @Override
    public CompletableFuture<String> golden() {
        return CompletableFuture.completedFuture("passed: right=1, asked=1");
    }

    @Override
    public CompletableFuture<String> rollBack() {
        return room.call(verifier -> {
            if (room.pointer().lastGood().isEmpty()) {
                throw new IllegalStateException("there is no model before it");
            }
            ContentDigest active = room.pointer().current().orElseThrow().digest();
            return new Rollback(room.pointer(), this, System::nanoTime).from(active).restored().orElseThrow().hex();
        });
    }

    @Override
    public void rebirth() {
        // no other link
    }

    @Override
    public JsonObject metrics() {
        return JsonObject.of(Map.of()).with("generatedTokens", 1);
    }

    @Override
    public void restart(String why) {
        restarts.countDown();
    }

    @Override
    public Fit fit(ContentDigest digest, ReleaseManifest release) {
        return Fit.BESIDE;
    }

    @Override
    public void load(ContentDigest digest) {
        candidate = Optional.of(digest);
    }

    @Override
    public void unloadServing() {
        serving = Optional.empty();
    }

    @Override
    public void serve(ContentDigest digest, Duration deadline) {
        serving = Optional.of(digest);
        candidate = Optional.empty();
    }

    @Override
    public void discard() {
        candidate = Optional.empty();
    }

    @Override
    public Answer ask(ContentDigest model, GoldenQuestion question) {
        return new Answer(wrong.contains(model) ? "I do not know" : question.expect(), 1);
    }
}
