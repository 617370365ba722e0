package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineStatus;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.http.ApiSettings;
import dev.outpost.runtime.supervise.AotCache;
import dev.outpost.runtime.supervise.LifeProbe;
import dev.outpost.runtime.supervise.Readiness;
import dev.outpost.runtime.supervise.StopSignal;
import dev.outpost.runtime.supervise.Watchdog;
import dev.outpost.runtime.update.LoadedModel;
import dev.outpost.runtime.update.ModelName;
import dev.outpost.runtime.update.ModelSwap;
import dev.outpost.runtime.update.SwapSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One life of {@code outpost serve}, top to bottom: state, model, listener, updates, ready; then the same backwards. The
 * listener opens while the model loads.
 */
final class ServeRun {

    /** A scheduler that waits must have ended a batch within this time; a prefill chunk takes at most 50 ms. */
    private static final Duration STEP_PATIENCE = Duration.ofSeconds(5);
    private static final long TRAINING_BYTES = 512L << 20;
    private static final String NO_MODEL = "model";

    private final Setup setup;
    private final RuntimeConfig config;
    private final Surroundings surroundings;
    private final Readiness readiness;
    private final StopSignal stop;
    // not a constant: the first logger fixes the level
    private final Logger log = System.getLogger(ServeRun.class.getName());

    ServeRun(Setup setup, Surroundings surroundings, Readiness readiness, StopSignal stop) {
        this.setup = setup;
        this.config = setup.resolved().config();
        this.surroundings = surroundings;
        this.readiness = readiness;
        this.stop = stop;
    }

    void run() throws InterruptedException {
        try (StateSide state = StateSide.open(setup, surroundings)) {
            FirstModel first = FirstModel.choose(state.ground(), config.model().file(), state.fleet().isPresent(),
                    file -> Engine.open(file, setup.options()));
            if (first.file().isEmpty() && state.fleet().isEmpty()) {
                throw new CommandFailure(ExitStatus.USAGE, "no model given, and none is active in the store",
                        "`outpost import FILE --activate` makes one active; `outpost serve --model FILE` serves a file");
            }
            try (ApiServer server = ApiServer.start(apiSettings(first))) {
                readiness.loading(first.file().map(file -> file.getFileName().toString()).orElse("no model yet"));
                try (ModelSwap swap = swap(state, server, first)) {
                    serve(state, server, swap, first);
                }
            }
        }
    }

    private void serve(StateSide state, ApiServer server, ModelSwap swap, FirstModel first)
            throws InterruptedException {
        Optional<String> failure = begin(state, swap, first);
        var aot = new AotCache(surroundings.aotCache(), surroundings.application());
        swap.current().ifPresent(model -> log.log(Level.INFO, StartLine.of(setup, model.engine(), aot)));
        state.begin(server, swap, failure, stop::ask);
        announce(server, swap);
        stop.serving();
        Optional<Process> training = swap.current().flatMap(model -> trainIfNeeded(aot, model));
        try (Watchdog watchdog = watchdog(swap, server.port())) {
            if (surroundings.variable("WATCHDOG_USEC").isPresent()) {
                watchdog.start();
            }
            stop.await();
        }
        training.ifPresent(Process::destroy);
        readiness.draining();
        state.stop();
        swap.current().ifPresent(model -> model.engine().drain());
        boolean all = server.drain(config.server().drainTimeout());
        state.join();
        log.log(Level.INFO, all ? "stopped: all requests ended" : "stopped: requests were cut at the drain timeout");
    }

    /** With a fleet a model that fails is no reason to end: a better one may come. */
    private Optional<String> begin(StateSide state, ModelSwap swap, FirstModel first) throws InterruptedException {
        try {
            first.begin(swap);
            return Optional.empty();
        } catch (EngineException e) {
            if (state.fleet().isEmpty()) {
                throw e;
            }
            log.log(Level.ERROR, "no model serves, waiting for another: {0}", e.getMessage());
            return Optional.of("no model serves: " + e.getMessage());
        }
    }

    private void announce(ApiServer server, ModelSwap swap) {
        String address = config.server().host() + ":" + server.port();
        readiness.ready(address);
        log.log(Level.INFO,
                (swap.current().isPresent() ? "ready: http://" : "waiting for a model: http://") + address);
    }

    private ModelSwap swap(StateSide state, ApiServer server, FirstModel first) {
        return new ModelSwap(new HttpServing(server, config.model()),
                digest -> state.ground().orElseThrow().blob(digest),
                new SwapSettings(setup.options(), config.update().drainTimeout(), first.preferred()));
    }

    private ApiSettings apiSettings(FirstModel first) {
        RuntimeConfig.Server server = config.server();
        String name = config.model().name().or(() -> first.file().map(ModelName::of)).orElse(NO_MODEL);
        ApiSettings defaults = ApiSettings.of(name);
        return new ApiSettings(server.host(), server.port(), name, config.model().aliases(), Instant.now(),
                server.allowedHosts(), config.engine().queueLimit(), defaults.maxChoices(), server.maxBodyBytes(),
                server.maxConnections(), server.headerTimeout(), server.bodyTimeout(), server.idleTimeout(),
                server.requestTimeout());
    }

    private Watchdog watchdog(ModelSwap swap, int port) {
        Optional<Duration> period = surroundings.variable("WATCHDOG_USEC").filter(text -> text.matches("\\d{1,15}"))
                .map(micros -> Duration.ofNanos(Long.parseLong(micros) * 1_000));
        var probe = new LifeProbe(new InetSocketAddress(config.server().host(), port), Duration.ofSeconds(1));
        return new Watchdog(period.orElse(Duration.ofSeconds(30)), readiness::feedWatchdog, () -> moves(swap),
                probe::alive);
    }

    private static boolean moves(ModelSwap swap) {
        Optional<EngineStatus> status = swap.current().map(model -> model.engine().status());
        return status.map(now -> now.movesOrIdles(System.nanoTime(), STEP_PATIENCE.toNanos())).orElse(true);
    }

    private Optional<Process> trainIfNeeded(AotCache aot, LoadedModel model) {
        boolean wanted = switch (aot.state()) {
            case STALE, MISSING -> aot.trainable();
            case USED, OFF -> false;
        };
        if (!wanted) {
            return Optional.empty();
        }
        // The recorded run holds the weights a second time.
        boolean room = setup.device().memory().usable() - model.engine().plan().total() > model.engine().plan()
                .weights() + TRAINING_BYTES;
        return aot.trainInBackground(room ? Optional.of(model.file()).map(Path::toAbsolutePath) : Optional.empty());
    }
}
