package dev.outpost.runtime.cli;

import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost import}: a file becomes a model of the store. */
@Command(name = "import", description = "Copy a model file into the store, also while a process serves.")
final class ImportCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Mixin
    private StateOptions state;

    @Parameters(paramLabel = "FILE", description = "GGUF file.")
    private Path file;

    @Option(names = "--name", paramLabel = "NAME", description = "Name in the store (default: the file's).")
    private String name;

    @Option(names = "--activate", description = "Serve it from now on; a serving process changes over at once.")
    private boolean activate;

    @Option(names = "--json", description = "One JSON object instead of words.")
    private boolean json;

    ImportCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path path = ModelFile.existing(file).toAbsolutePath().normalize();
        JsonObject request = JsonObject.of(Map.of()).with("op", "import").with("path", path.toString())
                .with("activate", new JsonFlag(activate));
        JsonObject named = name == null ? request : request.with("name", name);
        JsonObject model;
        try (var progress = new TerminalProgress(terminal)) {
            model = rooms.state(state.setup(rooms), named, progress);
        }
        terminal.out().println(json ? JsonWriter.text(model) : "imported: " + ModelLines.line(model));
        return ExitStatus.OK.code();
    }
}
