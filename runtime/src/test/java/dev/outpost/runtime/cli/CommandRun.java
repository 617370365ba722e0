package dev.outpost.runtime.cli;

import dev.outpost.device.CpuProfile;
import dev.outpost.device.DeviceProfile;
import dev.outpost.device.MemoryProfile;
import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.config.ConfigChain;
import dev.outpost.runtime.config.ResolvedConfig;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.control.ControlHandler.Progress;
import dev.outpost.runtime.update.StateDesk;
import dev.outpost.runtime.update.UpdateGround;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Runs a command line over scripted rooms and keeps what it printed. */
final class CommandRun implements Rooms {

    final ScriptedEngine engine = new ScriptedEngine();
    Supplier<Engine> opens = () -> engine;
    String out = "";
    String err = "";
    Optional<Setup> served = Optional.empty();
    Optional<HubOptions> hub = Optional.empty();

    private final Path root;
    private String input = "";

    CommandRun(Path root) {
        this.root = root;
    }

    CommandRun typing(String text) {
        input = text;
        return this;
    }

    int run(String... arguments) {
        var outBytes = new ByteArrayOutputStream();
        var errBytes = new ByteArrayOutputStream();
        var terminal = new Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        int status = new CommandLineEntry(this, terminal).run(arguments);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return status;
    }

    @Override
    public Surroundings surroundings() {
        return new Surroundings(root, Map.of(), root, Optional.empty(), Optional.empty());
    }

    @Override
    public ResolvedConfig config(Optional<Path> file, Map<String, String> flags) {
        return new ConfigChain(surroundings(), file, flags).resolve(name -> Optional.empty());
    }

    @Override
    public List<Path> configFiles(Optional<Path> file) {
        return new ConfigChain(surroundings(), file, Map.of()).files();
    }

    @Override
    public Setup setup(Optional<Path> file, Map<String, String> flags) {
        var device = new DeviceProfile(Optional.empty(), new CpuProfile("arm64", "", 4, 4),
                new MemoryProfile(1 << 30, 1 << 30, OptionalLong.empty(), OptionalLong.empty()), List.of());
        return new Setup(config(file, flags), device, "none", EngineOptions.DEFAULTS);
    }

    @Override
    public Engine open(Path model, Setup setup) {
        return opens.get();
    }

    @Override
    public int serve(Setup setup) {
        served = Optional.of(setup);
        return ExitStatus.OK.code();
    }

    @Override
    public JsonObject state(Setup setup, JsonObject request, Progress progress) {
        return new StateDesk(UpdateGround.open(setup.resolved().config().state().directory(), Instant.EPOCH),
                setup.options()).answer(request, progress);
    }

    @Override
    public int hub(HubOptions options) {
        hub = Optional.of(options);
        return ExitStatus.OK.code();
    }

    @Override
    public void train(Setup setup) {
        served = Optional.of(setup);
    }
}
