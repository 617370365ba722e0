package dev.outpost.runtime.fleet.hub.database;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.CommandRow.State;
import dev.outpost.runtime.fleet.hub.database.DesiredRow.Reference;
import dev.outpost.runtime.fleet.hub.database.DeviceTable.Heard;
import dev.outpost.runtime.fleet.hub.database.StoredBatch.Entry;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetDatabaseTest {

    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final ContentDigest ONE = ContentDigest.of(new byte[]{1});
    private static final ContentDigest TWO = ContentDigest.of(new byte[]{2});
    private static final String BOOT_A = "000000000000000a";
    private static final String BOOT_B = "000000000000000b";

    @TempDir
    Path directory;

    private FleetDatabase database;

    @BeforeEach
    void open() {
        openAgain();
    }

    private void openAgain() {
        database = FleetDatabase.open(url());
    }

    /** The same tests run against PostgreSQL elsewhere. */
    String url() {
        return FleetDatabase.sqlite(directory.resolve("hub.db"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void keepsADeviceAcrossOpening() {
        database.devices().register("plant", "box-1", "raspberry-pi-5", Set.of("line-b", "line-a"));
        database.devices().heard("box-1", new Heard(true, BOOT_A, "0.1", "pi", List.of(ONE.hex()), 7), NOW);
        database.devices().reported("box-1", "{}".getBytes(), NOW);
        database.devices().register("plant", "box-1", "pi", Set.of("line-a"));
        database.close();
        openAgain();
        var device = database.devices().find("box-1").orElseThrow();
        assertEquals(Set.of("line-a"), device.groups());
        assertTrue(device.online());
        assertEquals(7, device.desiredVersion());
        assertEquals(List.of(ONE.hex()), device.models());
        assertArrayEquals("{}".getBytes(), device.report().orElseThrow());
        assertTrue(device.enrolled().isEmpty());
    }

    @Test
    void noPresenceMakesADeviceKnown() {
        database.devices().heard("stranger", new Heard(true, BOOT_A, "0.1", "pi", List.of(), 0), NOW);
        assertTrue(database.devices().all().isEmpty());
    }

    @Test
    void aTokenServesOneRequestAndThatOneAgain() {
        var claims = database.claims();
        assertEquals(1, claims.nextCounter("box-1"));
        claims.add("box-1", 1, "secret", NOW);
        assertFalse(claims.redeem("box-1", "guess", ONE, NOW));
        assertFalse(claims.redeem("box-2", "secret", ONE, NOW));
        assertTrue(claims.redeem("box-1", "secret", ONE, NOW));
        assertTrue(claims.redeem("box-1", "secret", ONE, NOW));
        assertFalse(claims.redeem("box-1", "secret", TWO, NOW));
        claims.add("box-1", claims.nextCounter("box-1"), "second", NOW);
        assertFalse(claims.redeem("box-1", "secret", ONE, NOW), "a newer claim makes it void");
    }

    @Test
    void theFirstAnswerToARequestStays() {
        database.devices().register("plant", "box-1", "pi", Set.of());
        var first = new CertificateRow("01", "box-1", ONE, TWO, "PEM 1", NOW, NOW.plusSeconds(60), Optional.empty());
        database.certificates().issue(first);
        var second = database.certificates().issue(new CertificateRow("02", "box-1", TWO, TWO, "PEM 2", NOW,
                NOW.plusSeconds(60), Optional.empty()));
        assertEquals("PEM 1", second.chain());
        assertEquals("01", database.certificates().answerTo("box-1", TWO).orElseThrow().serial());
        database.devices().revoke("box-1", NOW);
        assertTrue(database.certificates().find(ONE).orElseThrow().revoked().isPresent());
        assertEquals(1, database.certificates().revoked(NOW).size());
        assertTrue(database.devices().find("box-1").orElseThrow().revoked().isPresent());
    }

    @Test
    void desiredVersionsOnlyGoUp() {
        var group = new Addressee.Group("line-a");
        var reference = new Reference("release", ONE, 17);
        database.desired().put(group, database.desired().nextVersion(group), new byte[]{9}, List.of(reference), NOW);
        assertThrows(FleetDatabaseException.class,
                () -> database.desired().put(group, 1, new byte[]{8}, List.of(), NOW));
        database.desired().published(group, 1);
        var row = database.desired().find(group).orElseThrow();
        assertEquals(List.of(reference), row.documents());
        assertEquals(1, row.published());
        assertEquals(1, database.desired().versions().get("group/line-a"));
    }

    @Test
    void aCommandIsWaitedForUntilItEndsOrExpires() {
        var commands = database.commands();
        commands.add("c1", "box-1", new byte[]{1}, NOW, NOW.plusSeconds(60));
        commands.add("c2", "box-1", new byte[]{2}, NOW, NOW.plusSeconds(60));
        assertEquals(2, commands.waiting(NOW).size());
        assertFalse(commands.acknowledged("c1", "box-2", State.DONE, "", NOW), "another device's");
        assertTrue(commands.acknowledged("c1", "box-1", State.RUNNING, "", NOW));
        assertFalse(commands.acknowledged("c1", "box-1", State.ACCEPTED, "late", NOW));
        assertTrue(commands.acknowledged("c1", "box-1", State.DONE, "fine", NOW));
        assertEquals(0, commands.waiting(NOW.plusSeconds(61)).size());
        assertEquals(State.EXPIRED, commands.find("c2").orElseThrow().state());
        assertEquals("fine", commands.find("c1").orElseThrow().detail());
    }

    @Test
    void aLeaseIsOneHolders() {
        var life = Duration.ofSeconds(10);
        assertTrue(database.lease("rollout", "hub-1", NOW, life));
        assertFalse(database.lease("rollout", "hub-2", NOW.plusSeconds(9), life));
        assertTrue(database.lease("rollout", "hub-1", NOW.plusSeconds(9), life));
        assertTrue(database.lease("rollout", "hub-2", NOW.plusSeconds(20), life));
    }

    @Test
    void alternatingBootsAreCounted() {
        var devices = database.devices();
        assertEquals(0, devices.noteBoot("box-1", BOOT_A, NOW));
        assertEquals(0, devices.noteBoot("box-1", BOOT_A, NOW.plusMillis(1)));
        assertEquals(0, devices.noteBoot("box-1", BOOT_B, NOW.plusMillis(2)), "a restart");
        assertEquals(1, devices.noteBoot("box-1", BOOT_A, NOW.plusMillis(3)), "no machine goes back");
        assertEquals(2, devices.noteBoot("box-1", BOOT_B, NOW.plusMillis(4)));
        devices.register("plant", "box-1", "pi", Set.of());
        assertTrue(devices.quarantine("box-1", "clone", NOW));
        assertFalse(devices.quarantine("box-1", "clone", NOW));
        devices.revoke("box-1", NOW);
        devices.readmit("box-1");
        assertTrue(devices.find("box-1").orElseThrow().quarantined().isEmpty());
        assertEquals(0, devices.noteBoot("box-1", BOOT_A, NOW.plusMillis(5)));
    }

    @Test
    void storesARecordOnceHoweverOftenItComes() {
        var batch = batch(BOOT_A, BOOT_A, 0, 10);
        assertEquals(9, store(batch));
        assertEquals(9, store(batch));
        assertEquals(10, database.telemetry().counts().get("box-1"));
    }

    @Test
    void acknowledgesNothingBeyondAHole() {
        store(batch(BOOT_A, BOOT_A, 0, 10));
        assertEquals(9, store(batch(BOOT_A, BOOT_A, 20, 10)));
        assertEquals(29, store(batch(BOOT_A, BOOT_A, 10, 10)));
    }

    @Test
    void aSequenceGivenOutAgainAfterAPowerCutIsAnotherRecord() {
        assertEquals(9, store(batch(BOOT_A, BOOT_A, 0, 10)));
        // Of these ten the disk kept five; the next run gives 5 to 9 out again.
        var again = new StoredBatch("box-1", "metric", BOOT_B, BOOT_B, 0, 6, 7, entries(2), List.of(), false);
        assertEquals(-1, store(again), "what the old run sent counts for nothing");
        assertEquals(8, store(new StoredBatch("box-1", "metric", BOOT_B, BOOT_A, 0, -1, 0, entries(7), List.of(),
                false)));
        assertEquals(12, database.telemetry().counts().get("box-1"));
    }

    @Test
    void whatTheDeviceGaveUpIsNotWaitedFor() {
        store(batch(BOOT_A, BOOT_A, 0, 10));
        var gap = new StoredBatch.Gap(10, 49, "disk_cap");
        assertEquals(54, store(new StoredBatch("box-1", "metric", BOOT_A, BOOT_A, 50, 49, 50, entries(5),
                List.of(gap), false)));
        assertEquals(40, database.telemetry().gaps().get("box-1"));
    }

    @Test
    void manyWritersTakeTurns() throws Exception {
        try (var second = FleetDatabase.open(url()); var threads = Executors.newFixedThreadPool(4)) {
            var waiting = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 4; thread++) {
                var one = thread % 2 == 0 ? database : second;
                for (int i = 0; i < 10; i++) {
                    var batch = batch(BOOT_A, BOOT_A, 10L * (10 * thread + i), 10);
                    waiting.add(threads.submit(() -> one.telemetry().store(List.of(batch), NOW)));
                }
            }
            for (var one : waiting) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        assertEquals(400, database.telemetry().counts().get("box-1"));
        assertEquals(399, store(batch(BOOT_A, BOOT_A, 0, 1)), "two hubs count together");
    }

    @Test
    void refusesADatabaseOfANewerVersion() throws SQLException {
        try (var connection = DriverManager.getConnection(url()); var sql = connection.createStatement()) {
            sql.execute("INSERT INTO schema_version (version) VALUES (99)");
        }
        String message = assertThrows(FleetDatabaseException.class, () -> FleetDatabase.open(url())).getMessage();
        assertTrue(message.contains("found=99"), message);
    }

    @Test
    void prunesWhatIsOld() {
        database.telemetry().store(List.of(batch(BOOT_A, BOOT_A, 0, 10)), NOW.minusSeconds(100));
        database.telemetry().store(List.of(batch(BOOT_A, BOOT_A, 10, 5)), NOW);
        assertEquals(10, database.telemetry().prune(NOW.minusSeconds(50)));
        assertEquals(0, database.telemetry().prune(NOW.minusSeconds(50)));
        assertEquals(5, database.telemetry().newest("box-1", 100).size());
    }

    private long store(StoredBatch batch) {
        return database.telemetry().store(List.of(batch), NOW).getFirst().upTo();
    }

    private static StoredBatch batch(String run, String boot, long first, int count) {
        return new StoredBatch("box-1", "metric", run, boot, 0, first - 1, first, entries(count), List.of(), false);
    }

    private static List<Entry> entries(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Entry(i, "{\"n\":" + i + "}")).toList();
    }
}
