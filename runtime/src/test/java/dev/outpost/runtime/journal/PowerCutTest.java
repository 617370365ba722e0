package dev.outpost.runtime.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cuts the power before every operation of a workload that rolls segments, acknowledges and drops. */
class PowerCutTest {

    private static final JournalSettings SMALL = new JournalSettings(300, 120, 0);
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_000L));
    private static final int APPENDS = 40;

    /** What the writer was promised before the cut. */
    private static final class Promise {
        long synced = -1;
        long acknowledgeAsked = -1;
        long dropped = -1;
    }

    @Test
    void keepsEverySyncedRecordAtEveryCut() throws IOException {
        assertEquals(0, broken(), "cuts that broke a promise");
    }

    @ParameterizedTest
    @EnumSource
    void losesRecordsWhenASyncIsLeftOut(CrashFiles.Ignored promise) throws IOException {
        assertTrue(broken(promise) > 0, "a rig that cannot see a missing sync is blind");
    }

    private static int broken(CrashFiles.Ignored... ignored) throws IOException {
        int broken = 0;
        var random = new Random(42);
        int operations = run(disk(ignored), new Promise());
        for (int cut = 0; cut < operations; cut++) {
            for (int variant = 0; variant < 8; variant++) {
                var disk = disk(ignored).cutBefore(cut);
                var promise = new Promise();
                run(disk, promise);
                broken += keeps(disk.afterCrash(random), promise) ? 0 : 1;
            }
        }
        return broken;
    }

    private static CrashFiles disk(CrashFiles.Ignored... ignored) {
        var disk = new CrashFiles();
        for (var promise : ignored) {
            disk.ignore(promise);
        }
        return disk;
    }

    private static int run(CrashFiles disk, Promise promise) throws IOException {
        try {
            var log = new SegmentLog(disk, SMALL, 1, CLOCK);
            for (int i = 0; i < APPENDS; i++) {
                long sequence = log.append(payload(i));
                if (i % 3 == 0) {
                    log.sync();
                    promise.synced = sequence;
                }
                if (i % 10 == 9) {
                    promise.acknowledgeAsked = i - 5;
                    log.acknowledge(i - 5);
                }
                if (i == 25) {
                    promise.dropped = log.first() + 10;
                    log.dropOldest();
                }
            }
        } catch (CrashFiles.PowerCut expected) {
            // the run ends here
        }
        return disk.operations();
    }

    /** Opens what is left, checks the promises, and checks that writing goes on. */
    private static boolean keeps(CrashFiles disk, Promise promise) {
        try {
            var log = new SegmentLog(disk, SMALL, 2, CLOCK);
            long freed = Math.max(promise.acknowledgeAsked, promise.dropped);
            var records = log.read(0, Integer.MAX_VALUE);
            long expected = records.isEmpty() ? log.next() : records.getFirst().sequence();
            if (expected > freed + 1 || log.next() <= promise.synced) {
                return false;
            }
            for (var record : records) {
                boolean right = record.sequence() == expected++ && record.boot() == 1
                        && ByteBuffer.wrap(payload((int) record.sequence())).equals(ByteBuffer.wrap(record.payload()));
                if (!right) {
                    return false;
                }
            }
            long sequence = log.append(payload(0));
            log.sync();
            return expected > promise.synced && log.read(sequence, 1).getFirst().boot() == 2;
        } catch (IOException | JournalException e) {
            return false;
        }
    }

    private static byte[] payload(int i) {
        return ("record " + i + " " + "x".repeat(i % 7 * 5)).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
