package dev.outpost.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.model.ScriptedModel;
import dev.outpost.engine.session.Bench.Ask;
import dev.outpost.engine.telemetry.RequestEvent;
import dev.outpost.engine.telemetry.StepEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordedRequestsTest {

    @Test
    void tellsOfEachBatchAndEachRequestInCounts(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("requests.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(StepEvent.class).withoutThreshold();
            recording.enable(RequestEvent.class).withoutThreshold();
            recording.start();
            try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
                bench.answer(Ask.of(Bench.prompt(6, 1), 5));
                bench.answer(Ask.of(Bench.prompt(6, 1), 2));
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        List<RecordedEvent> steps = named(events, "dev.outpost.Step");
        assertEquals(5 + 2, steps.size());
        assertEquals(6, steps.getFirst().getInt("promptRows"));
        assertTrue(steps.stream().skip(1).allMatch(step -> step.getInt("decodeRows") == 1));
        List<RecordedEvent> requests = named(events, "dev.outpost.Request");
        assertEquals(List.of(0, 5), requests.stream().map(event -> event.getInt("cachedTokens")).toList());
        assertEquals(List.of(5, 2), requests.stream().map(event -> event.getInt("completionTokens")).toList());
        assertEquals("LENGTH", requests.getFirst().getString("outcome"));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
    }
}
