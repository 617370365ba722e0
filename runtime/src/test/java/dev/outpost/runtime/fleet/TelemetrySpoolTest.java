package dev.outpost.runtime.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.journal.JournalSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetrySpoolTest {

    private static final SpoolSettings SMALL = new SpoolSettings(16 << 10, 0.2, new JournalSettings(1024, 512, 0));

    @TempDir
    Path directory;

    @Test
    void givesUpTheLeastImportantFirstAndSaysWhatIsMissing() {
        try (var spool = TelemetrySpool.open(directory, SMALL, 1, InstantSource.system())) {
            for (int i = 0; i < 1_000; i++) {
                spool.accept(RecordClass.LOG, record(i));
                spool.accept(RecordClass.METRIC, record(i));
                if (i % 20 == 0) {
                    spool.accept(RecordClass.ALARM, record(i));
                }
                long bytes = spool.backlog().values().stream().mapToLong(TelemetrySpool.Backlog::bytes).sum();
                assertTrue(bytes <= SMALL.capBytes() + 1024, "cap plus one segment: bytes=" + bytes);
            }
            var backlog = spool.backlog();
            assertEquals(0, backlog.get(RecordClass.ALARM).first(), "alarms are never evicted by others");
            assertTrue(backlog.get(RecordClass.LOG).first() > backlog.get(RecordClass.METRIC).first());
            var gaps = spool.read(RecordClass.LOG, 0, 1 << 20).stream()
                    .filter(record -> new String(record.payload(), StandardCharsets.UTF_8).contains("\"gap\"")).count();
            assertTrue(gaps > 0, "the stream itself says what is missing");
        }
    }

    @Test
    void countsWhatWaits() {
        try (var spool = TelemetrySpool.open(directory, SMALL, 1, InstantSource.system())) {
            for (int i = 0; i < 10; i++) {
                spool.accept(RecordClass.EVENT, record(i));
            }
            assertEquals(10, spool.backlog().get(RecordClass.EVENT).waiting());
            spool.acknowledge(RecordClass.EVENT, 6);
            assertEquals(3, spool.backlog().get(RecordClass.EVENT).waiting());
        }
    }

    @Test
    void batchesUnfoldToWhatWasPutIn() throws IOException {
        try (var spool = TelemetrySpool.open(directory, SMALL, 77, InstantSource.system())) {
            for (int i = 0; i < 5; i++) {
                spool.accept(RecordClass.METRIC, record(i));
            }
            var batch = TelemetryBatch.head(RecordClass.METRIC, 77, 1, 2, spool.read(RecordClass.METRIC, 2, 1 << 20));
            assertEquals(batch, TelemetryBatch.inflate(batch.deflated()));
            assertEquals(2, batch.first());
            assertEquals(4, batch.last());
            assertEquals(record(2), batch.entries().getFirst().record());
        }
    }

    static JsonObject record(long i) {
        return new JsonObject(new TreeMap<>()).with("kind", "test").with("n", i);
    }
}
