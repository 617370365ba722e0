package dev.outpost.runtime.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.Trials;
import dev.outpost.runtime.fleet.TelemetryTrial.Broker;
import dev.outpost.runtime.fleet.TelemetryTrial.Counts;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.Mosquitto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing accepted is lost, nothing counts twice. The full count is {@code -Doutpost.trials=full}. */
class TelemetryTrialTest {

    private static final Counts SAMPLE = new Counts(4_000, 12, 2, 3, 800, 64 << 20);
    private static final Counts FULL = new Counts(100_000, 200, 10, 20, 800, 64 << 20);

    @TempDir
    Path directory;

    @Test
    void nothingIsLostBetweenAKilledDeviceAndARestartedMosquitto() throws IOException {
        try (var broker = Mosquitto.plain(directory.resolve("broker"))) {
            show("Mosquitto", new Broker(broker.port(), broker::kill, broker::start));
        }
    }

    @Test
    void nothingIsLostBetweenAKilledDeviceAndARestartedEmbeddedBroker() throws IOException {
        try (var broker = new EmbeddedBroker(directory.resolve("broker"))) {
            show("HiveMQ CE, embedded", new Broker(broker.port(), broker::stop, broker::start));
        }
    }

    /** What does not fit is given up from the oldest of the least important on; no alarm, and nothing in the middle. */
    @Test
    void keepsToItsDiskCapThroughKillsWithNoBroker() throws IOException {
        long cap = 1 << 20;
        int records = Trials.full() ? 100_000 : 20_000;
        var offline = new Counts(records, 0, 0, Trials.full() ? 20 : 5, 10_000, cap);
        long most;
        try (var trial = new TelemetryTrial(directory, offline, Broker.NONE, Trials.seed())) {
            trial.run();
            most = trial.mostDiskBytes();
        }
        try (var broker = new EmbeddedBroker(directory.resolve("broker"));
                var ledger = new TelemetryLedger(broker.port());
                var drain = new TelemetryTrial(directory, new Counts(records, 0, 0, 0, 1, cap),
                        new Broker(broker.port(), broker::stop, broker::start), Trials.seed())) {
            drain.run();
            var oldest = new EnumMap<RecordClass, Long>(RecordClass.class);
            for (var kind : RecordClass.values()) {
                oldest.put(kind, ledger.all(kind).keySet().stream().mapToLong(Long::longValue).min().orElse(0));
            }
            var missing = drain.notes().stream().filter(note -> ledger.record(note.kind(), note.sequence()).isEmpty())
                    .toList();
            Trials.row("telemetry-cap", "| records | kills | cap, KiB | segment, KiB | spool at most, KiB | given up |"
                    + " alarms given up |", records, offline.kills(), cap >> 10,
                    TelemetryProducer.SPOOL.journal().segmentBytes() >> 10, most >> 10, missing.size(),
                    missing.stream().filter(note -> note.kind() == RecordClass.ALARM).count());
            assertTrue(most <= cap + TelemetryProducer.SPOOL.journal().segmentBytes(), "bytes=" + most);
            assertTrue(most > cap / 2 && !missing.isEmpty(), "the cap was reached: bytes=" + most);
            for (var note : missing) {
                assertTrue(note.kind() != RecordClass.ALARM && note.sequence() < oldest.get(note.kind()),
                        () -> "missing, but not at the head of its stream: " + note);
            }
        }
    }

    private void show(String name, Broker broker) throws IOException {
        var counts = Trials.full() ? FULL : SAMPLE;
        long seed = Trials.seed();
        long since = System.nanoTime();
        try (var ledger = new TelemetryLedger(broker.port());
                var trial = new TelemetryTrial(directory, counts, broker, seed)) {
            trial.run();
            long lost = 0;
            long wrong = 0;
            var identities = new HashMap<String, String>();
            for (var note : trial.notes()) {
                String found = ledger.record(note.kind(), note.sequence());
                lost += found.isEmpty() ? 1 : 0;
                wrong += found.contains("\"n\":" + note.n() + ",\"run\":" + note.run() + ",") ? 0 : 1;
                wrong += identities.put(note.run() + "/" + note.n(), found) == null ? 0 : 1;
            }
            int overfull = 0;
            for (var kind : RecordClass.values()) {
                overfull += (int) ledger.all(kind).values().stream().filter(text -> text.contains("\"gap\"")).count();
            }
            Trials.row("telemetry", "| broker | records | flaps | restarts | kills | lost | doubled | repeats taken out"
                    + " | RSS growth, MiB | spool at most, KiB | seconds |",
                    name, trial.accepted(), counts.flaps(), counts.restarts(), counts.kills(), lost,
                    ledger.contradictions(), ledger.repeats(), String.format("%.1f", trial.mostRssGrowth() / 1048576.0),
                    trial.mostDiskBytes() >> 10, (System.nanoTime() - since) / 1_000_000_000L);
            assertEquals(counts.records(), trial.accepted(), "seed=" + seed);
            assertEquals(0, lost, "accepted records that never arrived, seed=" + seed);
            assertEquals(0, wrong, "records under another identity than they were accepted under, seed=" + seed);
            assertEquals(0, ledger.contradictions(), "one identity, two contents, seed=" + seed);
            assertEquals(0, overfull, "the cap was never near, so nothing may be given up");
            assertTrue(trial.mostRssGrowth() <= 32 << 20, "RSS grew by " + trial.mostRssGrowth() + " bytes");
        }
    }
}
