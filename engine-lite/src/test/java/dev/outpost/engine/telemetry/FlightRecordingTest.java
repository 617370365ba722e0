package dev.outpost.engine.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecordingTest {

    @Test
    void tellsOfEachCliffOnce(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cliffs.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(CliffEvent.class);
            recording.start();
            CliffReport report = new CliffReport();
            report.met(PerformanceCliff.CHUNK_OVER_BOUND, "rows=8");
            report.met(PerformanceCliff.CHUNK_OVER_BOUND, "rows=9");
            report.met(PerformanceCliff.GENERATION_PREEMPTED, "class=BATCH");
            assertTrue(report.hasMet(PerformanceCliff.CHUNK_OVER_BOUND));
            assertTrue(!report.hasMet(PerformanceCliff.SCALAR_KERNELS));
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertEquals(List.of("rows=8", "class=BATCH"), events.stream().map(e -> e.getString("detail")).toList());
    }
}
