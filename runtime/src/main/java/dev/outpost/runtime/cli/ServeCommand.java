package dev.outpost.runtime.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code outpost serve}: answers over HTTP until it is asked to stop. */
@Command(name = "serve", description = "Serve a model over HTTP (OpenAI-compatible) on 127.0.0.1:8484.")
final class ServeCommand implements Callable<Integer> {

    private final Rooms rooms;

    @Mixin
    private LoadOptions load;

    @Option(names = {"-m",
            "--model"}, paramLabel = "FILE", description = "GGUF file to serve (default: the active model of the store).")
    private String model;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to listen on (loopback only).")
    private String host;

    @Option(names = "--port", paramLabel = "N", description = "TCP port; 0 picks a free one.")
    private String port;

    @Option(names = "--state-dir", paramLabel = "DIR", description = "Where state is kept.")
    private String stateDirectory;

    ServeCommand(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public Integer call() throws InterruptedException {
        var flags = load.flags();
        LoadOptions.put(flags, "model.file", model);
        LoadOptions.put(flags, "server.host", host);
        LoadOptions.put(flags, "server.port", port);
        LoadOptions.put(flags, "state.directory", stateDirectory);
        Setup setup = rooms.setup(load.config(), flags);
        setup.resolved().config().model().file().ifPresent(ModelFile::existing);
        return rooms.serve(setup);
    }
}
