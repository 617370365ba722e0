package dev.outpost.runtime.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentLogTest {

    private static final JournalSettings SMALL = new JournalSettings(1024, 512, 0);

    @TempDir
    Path directory;

    @Test
    void readsBackWhatWasAppendedInOrderAcrossSegmentsAndRestarts() {
        try (var log = open(1)) {
            for (int i = 0; i < 100; i++) {
                assertEquals(i, log.append(payload(i)));
            }
        }
        try (var log = open(2)) {
            assertEquals(100, log.append(payload(100)));
            var records = log.read(0, Integer.MAX_VALUE);
            assertEquals(101, records.size());
            for (int i = 0; i <= 100; i++) {
                assertEquals(i, records.get(i).sequence());
                assertEquals(i < 100 ? 1 : 2, records.get(i).boot());
                assertArrayEquals(payload(i), records.get(i).payload());
            }
        }
    }

    @Test
    void readsInPortionsOfAtMostTheBytesAskedFor() {
        try (var log = open(1)) {
            for (int i = 0; i < 50; i++) {
                log.append(payload(i));
            }
            long next = 0;
            while (next < 50) {
                var portion = log.read(next, 100);
                assertTrue(portion.stream().mapToInt(record -> record.payload().length).sum() <= 100);
                assertEquals(next, portion.getFirst().sequence());
                next = portion.getLast().sequence() + 1;
            }
            assertEquals(List.of(), log.read(50, 100));
        }
    }

    @Test
    void returnsARecordLongerThanThePortionWhole() {
        try (var log = SegmentLog.open(directory, new JournalSettings(4 << 20, 1 << 20, 0), 1,
                InstantSource.system())) {
            var long1 = new byte[600_000];
            long1[599_999] = 7;
            log.append(payload(1));
            log.append(long1);
            assertArrayEquals(long1, log.read(1, 10).getFirst().payload());
        }
    }

    @Test
    void freesWholeSegmentsOnceAcknowledgedAndCountsOnAfterARestart() throws IOException {
        try (var log = open(1)) {
            for (int i = 0; i < 100; i++) {
                log.append(payload(i));
            }
            long before = log.bytes();
            log.acknowledge(49);
            assertTrue(log.bytes() < before);
            assertTrue(log.first() <= 50, "unacknowledged records stay");
            log.acknowledge(99);
            assertEquals(0, log.bytes());
        }
        assertEquals(List.of("cursor.a", "cursor.b"), names());
        try (var log = open(2)) {
            assertEquals(99, log.acknowledged());
            assertEquals(100, log.append(payload(0)));
        }
    }

    @Test
    void ignoresAcknowledgementsThatGoBackOrAhead() {
        try (var log = open(1)) {
            log.append(payload(0));
            log.append(payload(1));
            log.acknowledge(0);
            log.acknowledge(-1);
            log.acknowledge(5);
            assertEquals(0, log.acknowledged());
            assertEquals(1, log.read(1, 100).size());
        }
    }

    @Test
    void dropsTheOldestSegmentOfTheLeastImportantLogAndSaysWhatIsMissing() {
        try (var alarms = SegmentLog.open(directory.resolve("alarm"), SMALL, 1, InstantSource.system());
                var metrics = SegmentLog.open(directory.resolve("metric"), SMALL, 1, InstantSource.system())) {
            var cap = new DiskCap(8 * 1024, List.of(metrics, alarms));
            for (int i = 0; i < 400; i++) {
                metrics.append(payload(i));
                if (i % 10 == 0) {
                    alarms.append(payload(i));
                }
                long missing = metrics.first();
                for (Optional<DiskCap.Dropped> dropped; (dropped = cap.enforce()).isPresent();) {
                    assertEquals(metrics, dropped.get().log());
                    assertEquals(missing, dropped.get().gap().from());
                    missing = dropped.get().gap().to() + 1;
                    assertEquals(missing, metrics.first());
                }
                assertTrue(metrics.bytes() + alarms.bytes() <= 9 * 1024, "cap plus one segment");
            }
            assertEquals(0, alarms.first());
        }
    }

    @Test
    void cutsATornTailAndCountsIt() throws IOException {
        try (var log = open(1)) {
            log.append(payload(0));
            log.append(payload(1));
        }
        var segment = directory.resolve(Segment.name(0));
        var bytes = Files.readAllBytes(segment);
        Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length - 3));
        try (var log = open(2)) {
            assertEquals(1, log.read(0, 1000).size());
            assertEquals(1, log.next());
            assertTrue(log.lostTailBytes() > 0);
        }
    }

    @Test
    void goesOnAfterAFullDiskAndKeepsNothingOfTheFailedRecord() throws IOException {
        for (int failing = 0; failing < 40; failing++) {
            var disk = new CrashFiles().failAt(failing);
            var log = new SegmentLog(disk, SMALL, 1, InstantSource.system());
            int kept = 0;
            for (int i = 0; i < 20; i++) {
                kept += tryAppend(log, i) ? 1 : 0;
            }
            var records = new SegmentLog(disk, SMALL, 2, InstantSource.system()).read(0, Integer.MAX_VALUE);
            assertTrue(records.size() >= kept, "failing=" + failing + ", kept=" + kept + ", found=" + records.size());
        }
    }

    @Test
    void staysReadOnlyAfterAFailedSync() throws IOException {
        var disk = new CrashFiles();
        var log = new SegmentLog(disk, SMALL, 1, InstantSource.system());
        log.append(payload(0));
        disk.failAt(disk.operations());
        assertThrows(JournalException.class, log::sync);
        assertThrows(JournalException.class, () -> log.append(payload(1)));
        assertEquals(1, log.read(0, 100).size());
    }

    @Test
    void startsQuicklyWithAMillionRecords() {
        var payload = new byte[64];
        try (var log = SegmentLog.open(directory, JournalSettings.DEFAULT, 1, InstantSource.system())) {
            for (int i = 0; i < 1_000_000; i++) {
                log.append(payload);
            }
        }
        long start = System.nanoTime();
        try (var log = SegmentLog.open(directory, JournalSettings.DEFAULT, 2, InstantSource.system())) {
            assertEquals(1_000_000, log.next());
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 2_000, "open took " + millis + " ms; it scans one segment, whatever the backlog");
    }

    private static boolean tryAppend(SegmentLog log, int i) {
        try {
            log.append(payload(i));
            return true;
        } catch (JournalException full) {
            return false;
        }
    }

    private SegmentLog open(long boot) {
        return SegmentLog.open(directory, SMALL, boot, InstantSource.system());
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] payload(int i) {
        return ("payload number " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
