package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.cli.HubOptions;
import dev.outpost.runtime.cli.Rooms;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.ConfigChain;
import dev.outpost.runtime.config.ResolvedConfig;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.control.ControlHandler.Progress;
import dev.outpost.runtime.log.Logs;
import dev.outpost.runtime.supervise.Readiness;
import dev.outpost.runtime.supervise.StopSignal;
import dev.outpost.runtime.supervise.SystemdNotify;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Joins the rooms: config, device, engine, server, ready. */
final class Wiring implements Rooms {

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

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
        var stop = new StopSignal(halt, config.server().drainTimeout().plus(CLOSE_PATIENCE));
        var readiness = new Readiness(surroundings.variable("NOTIFY_SOCKET").flatMap(SystemdNotify::to));
        stop.listen();
        try {
            new ServeRun(setup, surroundings, readiness, stop).run();
        } catch (RuntimeException | InterruptedException e) {
            stop.forget();
            throw e;
        }
        stop.stopped(ExitStatus.OK.code());
        return ExitStatus.OK.code();
    }

    @Override
    public JsonObject state(Setup setup, JsonObject request, Progress progress) throws InterruptedException {
        return new StateDoor(setup).ask(request, progress);
    }

    @Override
    public int hub(HubOptions options) throws InterruptedException {
        return new HubRun(surroundings, halt).run(options);
    }

    @Override
    public void train(Setup setup) throws InterruptedException {
        new TrainingRun(this).run(setup);
    }
}
