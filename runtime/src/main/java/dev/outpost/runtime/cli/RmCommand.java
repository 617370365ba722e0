package dev.outpost.runtime.cli;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost rm}: a name leaves the store, and the file with it when nothing else needs it. */
@Command(name = "rm", description = "Remove a model from the store.")
final class RmCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Mixin
    private StateOptions state;

    @Parameters(paramLabel = "NAME", description = "Name as `outpost list` shows it.")
    private String name;

    @Option(names = "--json", description = "One JSON object instead of words.")
    private boolean json;

    RmCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonObject answer = rooms.state(state.setup(rooms),
                JsonObject.of(Map.of()).with("op", "rm").with("name", name), Progress.NONE);
        long freed = JsonFields.of(answer, "answer").whole("freedBytes", 0, JsonNumber.MAX_WHOLE);
        terminal.out().println(json
                ? JsonWriter.text(answer)
                : "removed: " + name + (freed == 0
                        ? ", its file is still needed"
                        : ", " + (freed >> 20) + " MiB freed"));
        return ExitStatus.OK.code();
    }
}
