package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.runtime.fleet.wire.CommandAck;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last commands and where they stand, on disk before they run: a command that comes again is answered, not run. */
final class CommandJournal {
    private static final String FILE = FailureNotices.DIRECTORY + "/commands";
    private static final int LIMIT = 256 << 10;
    private static final int MOST = 64;

    private final Storage storage;
    private final Map<String, CommandAck> known = new LinkedHashMap<>();

    private CommandJournal(Storage storage) {
        this.storage = storage;
    }

    /** Opens the journal; what had not ended when the process died has failed. */
    static CommandJournal open(Storage storage) {
        var journal = new CommandJournal(storage);
        storage.makeDirectory(FailureNotices.DIRECTORY);
        try {
            StoredJson.read(storage, FILE, LIMIT).ifPresent(journal::take);
        } catch (RefusedException damaged) {
            // The counters of commands are kept with the floors: none runs twice.
            journal.known.clear();
        }
        return journal;
    }

    Optional<CommandAck> find(String id) {
        return Optional.ofNullable(known.get(id));
    }

    Collection<CommandAck> all() {
        return List.copyOf(known.values());
    }

    /** Notes where a command stands; durable when it returns. */
    void note(CommandAck ack) {
        known.put(ack.id(), ack);
        if (known.size() > MOST) {
            known.remove(known.keySet().iterator().next());
        }
        List<JsonValue> entries = new ArrayList<>();
        known.values().forEach(each -> entries.add(JsonObject.of(Map.of()).with("id", each.id())
                .with("state", each.state().word()).with("detail", each.detail())));
        StoredJson.write(storage, FILE, JsonObject.of(Map.of("commands", new JsonArray(entries))));
    }

    private void take(JsonValue json) {
        for (JsonValue each : JsonFields.of(json, "journal").array("commands", MOST)) {
            JsonFields fields = JsonFields.of(each, "command");
            var ack = new CommandAck(fields.text("id", 64), CommandAck.State.of(fields.text("state", 16)),
                    fields.text("detail", 2048));
            known.put(ack.id(), ack.state().ended()
                    ? ack
                    : new CommandAck(ack.id(), CommandAck.State.FAILED, "the process ended while it ran"));
        }
    }
}
