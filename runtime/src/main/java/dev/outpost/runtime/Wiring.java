package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.cli.Rooms;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.ConfigChain;
import dev.outpost.runtime.config.ResolvedConfig;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.http.ApiSettings;
import dev.outpost.runtime.log.Logs;
import dev.outpost.runtime.supervise.AotCache;
import dev.outpost.runtime.supervise.LifeProbe;
import dev.outpost.runtime.supervise.Readiness;
import dev.outpost.runtime.supervise.StopSignal;
import dev.outpost.runtime.supervise.SystemdNotify;
import dev.outpost.runtime.supervise.Watchdog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Joins the rooms: config, device, engine, server, ready. */
final class Wiring implements Rooms {

    /** A scheduler that waits must have ended a batch within this time; a prefill chunk takes at most 50 ms. */
    private static final Duration STEP_PATIENCE = Duration.ofSeconds(5);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
    private static final long TRAINING_BYTES = 512L << 20;

    private final Surroundings surroundings;
    private final IntConsumer halt;

    /** @param halt ends the process at once with a status */
    Wiring(Surroundings surroundings, IntConsumer halt) {
        this.surroundings = surroundings;
        this.halt = halt;
    }

    @Override
    public Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public ResolvedConfig config(Optional<Path> file, Map<String, String> flags) {
        return new EngineSetup(surroundings).config(file, flags);
    }

    @Override
    public List<Path> configFiles(Optional<Path> file) {
        return new ConfigChain(surroundings, file, Map.of()).files();
    }

    @Override
    public Setup setup(Optional<Path> file, Map<String, String> flags) {
        return new EngineSetup(surroundings).setup(file, flags);
    }

    @Override
    public Engine open(Path model, Setup setup) {
        return Engine.open(model, setup.options());
    }

    @Override
    public int serve(Setup setup) throws InterruptedException {
        RuntimeConfig config = setup.resolved().config();
        Logs.activate(config.log().level());
        // not a constant: the first logger fixes the level
        Logger log = System.getLogger(Wiring.class.getName());
        createPrivately(config.state().directory());
        Path model = config.model().file().orElseThrow();
        var stop = new StopSignal(halt, config.server().drainTimeout().plus(CLOSE_PATIENCE));
        var readiness = new Readiness(surroundings.variable("NOTIFY_SOCKET").flatMap(SystemdNotify::to));
        stop.listen();
        var opening = OpeningEngine.start(() -> open(model, setup));
        try (ApiServer server = ApiServer.start(apiSettings(config, model, setup.options().parallel()))) {
            readiness.loading(model.getFileName().toString());
            try (Engine engine = opening.engine()) {
                var aot = new AotCache(surroundings.aotCache(), surroundings.application());
                log.log(Level.INFO, StartLine.of(setup, engine, aot));
                server.serve(engine);
                String address = config.server().host() + ":" + server.port();
                readiness.ready(address);
                log.log(Level.INFO, "ready: http://" + address);
                stop.serving();
                Optional<Process> training = trainIfNeeded(aot, engine, model, setup);
                try (Watchdog watchdog = watchdog(engine, readiness, config.server().host(), server.port())) {
                    if (surroundings.variable("WATCHDOG_USEC").isPresent()) {
                        watchdog.start();
                    }
                    stop.await();
                }
                training.ifPresent(Process::destroy);
                readiness.draining();
                engine.drain();
                boolean all = server.drain(config.server().drainTimeout());
                log.log(Level.INFO,
                        all ? "stopped: all requests ended" : "stopped: requests were cut at the drain timeout");
            }
        } catch (RuntimeException | InterruptedException e) {
            stop.forget();
            throw e;
        }
        stop.stopped(ExitStatus.OK.code());
        return ExitStatus.OK.code();
    }

    private static ApiSettings apiSettings(RuntimeConfig config, Path model, int parallel) {
        RuntimeConfig.Server server = config.server();
        ApiSettings defaults = ApiSettings.of(config.model().name().orElseGet(() -> ModelName.of(model)));
        return new ApiSettings(server.host(), server.port(), defaults.model(), config.model().aliases(),
                created(model), server.allowedHosts(), config.engine().queueLimit(), defaults.maxChoices(),
                server.maxBodyBytes(), server.maxConnections(), server.headerTimeout(), server.bodyTimeout(),
                server.idleTimeout(), server.requestTimeout());
    }

    /** A model is as old as its file; the model list says so. */
    private static Instant created(Path model) {
        try {
            return Files.getLastModifiedTime(model).toInstant();
        } catch (IOException ignored) {
            // Loading it, which goes on beside this, says what is wrong with the file.
            return Instant.now();
        }
    }

    private Watchdog watchdog(Engine engine, Readiness readiness, String host, int port) {
        Optional<Duration> period = surroundings.variable("WATCHDOG_USEC").filter(text -> text.matches("\\d{1,15}"))
                .map(micros -> Duration.ofNanos(Long.parseLong(micros) * 1_000));
        var probe = new LifeProbe(new InetSocketAddress(host, port), Duration.ofSeconds(1));
        return new Watchdog(period.orElse(Duration.ofSeconds(30)), readiness::feedWatchdog,
                () -> engine.status().movesOrIdles(System.nanoTime(), STEP_PATIENCE.toNanos()), probe::alive);
    }

    private static Optional<Process> trainIfNeeded(AotCache aot, Engine engine, Path model, Setup setup) {
        boolean wanted = switch (aot.state()) {
            case STALE, MISSING -> aot.trainable();
            case USED, OFF -> false;
        };
        if (!wanted) {
            return Optional.empty();
        }
        // The recorded run holds the weights a second time.
        boolean room = setup.device().memory().usable() - engine.plan().total() > engine.plan().weights()
                + TRAINING_BYTES;
        return aot.trainInBackground(room ? Optional.of(model) : Optional.empty());
    }

    @Override
    public void train(Setup setup) throws InterruptedException {
        new TrainingRun(this).run(setup);
    }

    private static void createPrivately(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
