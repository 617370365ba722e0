package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.control.ControlException;
import dev.outpost.runtime.control.ControlHandler.Progress;
import dev.outpost.runtime.control.StateLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets the state directory, and what is served where it cannot be had. */
class StateSideTest {

    @TempDir
    Path root;

    @Test
    void theFirstProcessOwnsItAndTheNextGetsItWhenThatIsGone() {
        try (StateSide owner = StateSide.open(setup(Optional.empty()), surroundings())) {
            assertTrue(owner.ground().isPresent());
            var refused = assertThrows(CommandFailure.class,
                    () -> StateSide.open(setup(Optional.empty()), surroundings()));
            assertTrue(refused.getMessage().startsWith("state directory is in use: path="), refused.getMessage());
            assertTrue(refused.getMessage().endsWith("process=" + ProcessHandle.current().pid()), refused.getMessage());
        }
        try (StateSide next = StateSide.open(setup(Optional.empty()), surroundings())) {
            assertTrue(next.ground().isPresent());
        }
    }

    @Test
    void anOperatorsFileIsServedWithoutItWhereAnotherOwnsItOrTheDiskFails() throws IOException {
        Optional<Path> file = Optional.of(root.resolve("any.gguf"));
        try (StateLock _ = StateLock.take(root.resolve("state")).orElseThrow();
                StateSide without = StateSide.open(setup(file), surroundings())) {
            assertTrue(without.ground().isEmpty() && without.fleet().isEmpty());
        }
        Files.writeString(root.resolve("state/models"), "a file where a directory must be");
        try (StateSide without = StateSide.open(setup(file), surroundings())) {
            assertTrue(without.ground().isEmpty());
        }
        assertThrows(RuntimeException.class, () -> StateSide.open(setup(Optional.empty()), surroundings()));
        StateLock.take(root.resolve("state")).orElseThrow().close();
    }

    @Test
    void aVerbTakesTheLockForItselfAndGivesItBack() throws Exception {
        JsonObject list = JsonObject.of(Map.of()).with("op", "list");
        var door = new StateDoor(setup(Optional.empty()));
        assertEquals("{\"models\":[]}",
                JsonWriter.text(door.ask(list, Progress.NONE)));
        StateLock.take(root.resolve("state")).orElseThrow().close();
        assertThrows(ControlException.class, () -> door.ask(list.with("op", "nonsense"), Progress.NONE));
        StateLock.take(root.resolve("state")).orElseThrow().close();
    }

    private Setup setup(Optional<Path> file) {
        var flags = new HashMap<>(Map.of("state.directory", root.resolve("state").toString()));
        file.ifPresent(path -> flags.put("model.file", path.toString()));
        return new EngineSetup(surroundings()).setup(Optional.empty(), flags);
    }

    private Surroundings surroundings() {
        return new Surroundings(root, Map.of(), root, Optional.empty(), Optional.empty());
    }
}
