package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.verify.TrustFixture;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.http.ApiSettings;
import dev.outpost.runtime.update.ModelSwap;
import dev.outpost.runtime.update.SwapSettings;
import dev.outpost.runtime.update.UpdateGround;
import dev.outpost.runtime.update.UpdateParts;
import dev.outpost.runtime.update.UpdateRoom;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One life of a device's process over a state directory, put together as {@code serve} does, with carriers of the test:
 * real store, machine, engines and listener.
 */
final class SwapDevice implements AutoCloseable {
    static final EngineOptions ROOMY = EngineOptions.DEFAULTS.withThreads(1).withParallel(4)
            .withMemoryBudgetBytes(4L << 30);

    final UpdateGround ground;
    final ApiServer server;
    final ModelSwap swap;
    final UpdateRoom room;
    final List<UpdateReport> steps = new CopyOnWriteArrayList<>();
    private int stepsWhenOffered = -1;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SwapDevice(UpdateGround ground, ApiServer server, ModelSwap swap, UpdateRoom room) {
        this.ground = ground;
        this.server = server;
        this.swap = swap;
        this.room = room;
        room.onMoved(steps::add);
        server.onAnswered(
                (model, ok) -> model.digest().map(ContentDigest::new).ifPresent(it -> room.answered(it, ok)));
    }

    /** Puts a model into the store of a directory and makes it active, as the factory does, and installs the root. */
    static void settle(Path directory, SignedModels.Tiny model) {
        UpdateGround ground = UpdateGround.open(directory, TrustFixture.BUILD);
        ground.store().importFile(SignedModels.source(model.bytes()), new ModelOrigin.Operator("factory"),
                Optional.of("factory"), _ -> {});
        ground.pointer().choose(model.digest());
        SignedModels.TRUST.install(ground.storage());
    }

    static SwapDevice start(Path directory, EngineOptions options, Carrier... carriers) throws InterruptedException {
        return start(directory, options, Optional.empty(), List.of(), carriers);
    }

    /**
     * Boots.
     *
     * @param file an operator's
     * @param dies states in which the update's thread dies, as if the process did
     */
    static SwapDevice start(Path directory, EngineOptions options, Optional<Path> file, List<UpdateState> dies,
            Carrier... carriers) throws InterruptedException {
        UpdateGround ground = UpdateGround.open(directory, TrustFixture.BUILD);
        FirstModel first = FirstModel.choose(Optional.of(ground), file, true, path -> Engine.open(path, options));
        ApiServer server = ApiServer.start(ApiSettings.of("model").withAddress("127.0.0.1", 0));
        var names = new RuntimeConfig.Model(Optional.empty(), Optional.of("served"), List.of("default"));
        var swap = new ModelSwap(new HttpServing(server, names), ground::blob,
                new SwapSettings(options, Duration.ofSeconds(20), first.preferred()));
        Optional<String> failure = begin(first, swap);
        var neutral = UpdateParts.withoutFleet();
        var parts = new UpdateParts(TrustFixture.DEVICE, List.of(carriers), neutral.limits(), neutral.conditions(),
                neutral.installer(), Duration.ofMillis(200));
        UpdateRoom room = UpdateRoom.start(ground, parts, swap);
        room.needsHandsWhile(() -> failure.filter(_ -> swap.current().isEmpty()));
        return new SwapDevice(ground, server, swap, room).dying(dies);
    }

    private static Optional<String> begin(FirstModel first, ModelSwap swap) throws InterruptedException {
        try {
            first.begin(swap);
            return Optional.empty();
        } catch (EngineException e) {
            return Optional.of("no model serves: " + e.getMessage());
        }
    }

    private SwapDevice dying(List<UpdateState> states) {
        room.onMoved(report -> {
            if (states.contains(report.state())) {
                throw new Killed();
            }
        });
        return this;
    }

    /** The end of the update's thread, which no catch of ours takes for a failure of the model. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed by the test");
        }
    }

    void offer(SignedModels.Offer offer) {
        stepsWhenOffered = steps.size();
        room.offer(offer.fleet(), offer.release());
    }

    HttpResponse<String> ask(String prompt) throws IOException, InterruptedException {
        return post("/v1/completions", "{\"model\":\"default\",\"prompt\":\"" + prompt
                + "\",\"max_tokens\":4,\"temperature\":0,\"ignore_eos\":true}");
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    String get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /** Waits for a state, answering nothing. */
    UpdateReport await(UpdateState state) throws InterruptedException {
        return await(report -> report.state() == state);
    }

    /** Waits for the end of what was offered last, giving the answers that a trial needs. */
    UpdateReport finish() throws InterruptedException, IOException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (steps.size() <= stepsWhenOffered || room.report().outcome().isEmpty()) {
            if (System.nanoTime() > end || room.fault().isPresent()) {
                throw new AssertionError("did not end: " + room.report() + ", fault=" + room.fault());
            }
            if (room.report().state() == UpdateState.TRIAL) {
                ask("a real request");
            } else {
                Thread.sleep(2);
            }
        }
        return room.report();
    }

    UpdateReport await(Predicate<UpdateReport> wanted) throws InterruptedException {
        until(() -> wanted.test(room.report()), () -> "report=" + room.report() + ", fault=" + room.fault());
        return room.report();
    }

    static void until(BooleanSupplier condition, Supplier<String> what)
            throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not happen: " + what.get());
            }
            Thread.sleep(2);
        }
    }

    Optional<ContentDigest> serving() {
        return swap.current().flatMap(model -> model.digest());
    }

    boolean passed(UpdateState state) {
        return steps.stream().anyMatch(report -> report.state() == state);
    }

    Optional<ContentDigest> active() {
        return ActivePointer.open(ground.storage()).current().map(slot -> slot.digest());
    }

    @Override
    public void close() {
        room.close();
        swap.close();
        server.close();
    }
}
