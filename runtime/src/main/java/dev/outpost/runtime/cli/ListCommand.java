package dev.outpost.runtime.cli;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code outpost list}: what the store holds. */
@Command(name = "list", description = "List the models of the store.")
final class ListCommand implements Callable<Integer> {
    private static final int MANY = 100_000;

    private final Rooms rooms;
    private final Terminal terminal;

    @Mixin
    private StateOptions state;

    @Option(names = "--json", description = "One JSON object instead of a table.")
    private boolean json;

    ListCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonObject answer = rooms.state(state.setup(rooms), JsonObject.of(Map.of()).with("op", "list"),
                Progress.NONE);
        List<JsonValue> models = JsonFields.of(answer, "answer").array("models", MANY);
        if (json) {
            terminal.out().println(JsonWriter.text(answer));
        } else if (models.isEmpty()) {
            terminal.out().println("the store is empty: `outpost import FILE` or `outpost pull URL` fills it");
        } else {
            ModelLines.table(models).forEach(terminal.out()::println);
        }
        return ExitStatus.OK.code();
    }
}
