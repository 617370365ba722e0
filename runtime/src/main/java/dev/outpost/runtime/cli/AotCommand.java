package dev.outpost.runtime.cli;

import dev.outpost.runtime.supervise.AotCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code outpost aot}: makes the virtual machine's cache, which a start then takes less time with. */
@Command(name = "aot", description = "Make the AOT cache of this machine, so that starts are faster.")
final class AotCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Option(names = {"-m", "--model"}, paramLabel = "FILE", description = "Also train on loading this model.")
    private String model;

    @Option(names = "--train", hidden = true, description = "The recorded run itself.")
    private boolean train;

    @Mixin
    private LoadOptions load;

    AotCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var surroundings = rooms.surroundings();
        var cache = new AotCache(surroundings.aotCache(), surroundings.application());
        if (train) {
            var flags = load.flags();
            LoadOptions.put(flags, "model.file", model);
            // the weights are in memory a second time already
            flags.putIfAbsent("engine.context", "512");
            flags.putIfAbsent("engine.parallel", "1");
            rooms.train(rooms.setup(load.config(), flags));
            return ExitStatus.OK.code();
        }
        if (!cache.trainable()) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE,
                    "no AOT cache can be made: started without bin/outpost, or OUTPOST_AOT=off",
                    "start it as bin/outpost of the application directory");
        }
        long bytes = makeCache(cache);
        terminal.out().println("AOT cache made: path=" + cache.file().orElseThrow() + ", bytes=" + bytes);
        return ExitStatus.OK.code();
    }

    private long makeCache(AotCache cache) throws InterruptedException {
        var arguments = new ArrayList<String>();
        if (model != null) {
            ModelFile.existing(java.nio.file.Path.of(model));
            arguments.addAll(List.of("--model", model));
        }
        try {
            return cache.train(arguments);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.CANNOT_CREATE, "AOT cache cannot be made: " + e.getMessage(),
                    "`outpost aot --train" + (model == null ? "" : " --model " + model) + "` shows why");
        }
    }
}
