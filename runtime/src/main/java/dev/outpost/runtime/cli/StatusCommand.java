package dev.outpost.runtime.cli;

import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonValue.JsonText;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code outpost status}: what the serving process says of itself, or what lies on the disk. */
@Command(name = "status", description = "Show identity, links, models, update and spool.")
final class StatusCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Mixin
    private StateOptions state;

    @Option(names = "--json", description = "One JSON object instead of words.")
    private boolean json;

    StatusCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonObject status = rooms.state(state.setup(rooms), JsonObject.of(Map.of()).with("op", "status"),
                Progress.NONE);
        if (json) {
            terminal.out().println(JsonWriter.text(status));
        } else {
            status.members().forEach((name, value) -> print(name, value, ""));
        }
        return ExitStatus.OK.code();
    }

    private void print(String name, JsonValue value, String indent) {
        switch (value) {
            case JsonArray array when name.equals("models") -> {
                terminal.out().println(indent + name + ":");
                ModelLines.table(array.values()).forEach(line -> terminal.out().println(indent + "  " + line));
            }
            case JsonArray array -> {
                terminal.out().println(indent + name + ":");
                array.values().forEach(each -> print("-", each, indent + "  "));
            }
            case JsonObject object -> {
                terminal.out().println(indent + name + ":");
                object.members().forEach((key, member) -> print(key, member, indent + "  "));
            }
            case JsonText text -> terminal.out().println(indent + name + ": " + text.text());
            case JsonNumber _,JsonFlag _ -> terminal.out().println(indent + name + ": " + JsonWriter.text(value));
        }
    }
}
