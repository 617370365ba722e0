package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.runtime.fleet.hub.database.FailureRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.hub.database.FleetDatabaseException;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts over the real database, with devices that only report. */
class RolloutDeskTest {

    private static final int DEVICES = 60;

    @TempDir
    Path home;

    private FleetRig fleet;
    private ReleaseBook.Signed release;
    private RolloutDesk desk;
    private final Addressee group = new Addressee.Group("line-a");

    @BeforeEach
    void found() throws IOException {
        fleet = new FleetRig(home);
        for (int i = 0; i < DEVICES; i++) {
            fleet.database.devices().register(FleetRig.SITE, "box-" + i, "x86", Set.of("line-a"));
        }
        release = fleet.release("chat", 2_000, 1);
        desk = fleet.rollouts();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void walksThroughItsWavesByItself() {
        desk.begin(group, release, wish(true), fleet.later());
        assertEquals(2_000, rule().waveLimit());
        assertEquals(List.of(), desk.poll(fleet.later()), "nobody has said anything");
        report(2_000, "activated");
        assertEquals(Rollout.State.RUNNING, desk.poll(fleet.later()).getFirst().state());
        assertEquals(5_000, rule().waveLimit());
        assertEquals(List.of(), desk.poll(fleet.later()), "the new wave has not answered");
        report(5_000, "activated");
        desk.poll(fleet.later());
        assertEquals(10_000, rule().waveLimit());
        report(10_000, "activated");
        assertEquals(Rollout.State.FINISHED, desk.poll(fleet.later()).getFirst().state());
        assertEquals(3, document().version(), "one word for each wave");
        assertEquals(10_000, rule().waveLimit(), "who comes later still follows");
    }

    @Test
    void stopsAndLetsNobodyElseInWhenTooManyFail() {
        desk.begin(group, release, wish(true), fleet.later());
        int members = desk.tally(desk.all().getFirst()).members();
        assertTrue(members > 2, "devices=" + members);
        assertEquals(RolloutPlan.abortFailures(20, members), rule().abortFailures());
        fail(inWave(2_000).getFirst());
        Rollout stopped = desk.poll(fleet.later()).getFirst();
        assertEquals(Rollout.State.STOPPED, stopped.state());
        assertTrue(stopped.reason().startsWith("too many devices of the wave failed: failed=1"), stopped.reason());
        assertEquals(0, rule().waveLimit());
        assertEquals(List.of(), desk.poll(fleet.later()));
        Rollout resumed = desk.resume(group, OptionalInt.of(1000), OptionalInt.empty(), fleet.later());
        assertEquals(Rollout.State.RUNNING, resumed.state());
        assertEquals(2_000, rule().waveLimit());
        assertEquals(List.of(), desk.poll(fleet.later()), "the limit is another now");
    }

    @Test
    void aDeviceThatMendedItselfCountsAsDone() {
        desk.begin(group, release, wish(false), fleet.later());
        String device = inWave(2_000).getFirst();
        fail(device);
        assertEquals(1, desk.tally(desk.all().getFirst()).failed());
        reported(device, "activated");
        assertEquals(0, desk.tally(desk.all().getFirst()).failed());
        assertEquals(1, desk.tally(desk.all().getFirst()).done());
    }

    @Test
    void aDeviceOnTrialIsNotYetDone() {
        desk.begin(group, release, wish(true), fleet.later());
        for (String device : inWave(2_000)) {
            reported(device, "");
        }
        assertEquals(0, desk.tally(desk.all().getFirst()).done());
        assertEquals(List.of(), desk.poll(fleet.later()));
    }

    @Test
    void pausesResumesAndAdvancesByHand() {
        desk.begin(group, release, wish(false), fleet.later());
        desk.pause(group, fleet.later());
        assertEquals(0, rule().waveLimit());
        desk.resume(group, OptionalInt.empty(), OptionalInt.empty(), fleet.later());
        assertEquals(2_000, rule().waveLimit());
        desk.advance(group, fleet.later());
        desk.advance(group, fleet.later());
        assertEquals(10_000, rule().waveLimit());
        assertEquals(FleetException.Reason.INPUT,
                assertThrows(FleetException.class, () -> desk.advance(group, fleet.later())).reason());
        assertEquals(5, document().version());
    }

    @Test
    void aNewReleaseOfTheLineTakesThePlaceOfTheOneBefore() throws IOException {
        desk.begin(group, release, wish(true), fleet.later());
        var next = fleet.release("chat", 2_000, 2);
        desk.begin(group, next, wish(true), fleet.later());
        assertEquals(List.of(2L), document().targets().stream().map(target -> target.counter()).toList());
        assertEquals(List.of(Rollout.State.RUNNING, Rollout.State.REPLACED), desk.all().stream()
                .sorted((a, b) -> Long.compare(b.counter(), a.counter())).map(Rollout::state).toList());
    }

    @Test
    void anotherLineWaitsUntilTheOpenRolloutIsOver() throws IOException {
        desk.begin(group, release, wish(true), fleet.later());
        var other = fleet.release("vision", 2_000, 2);
        assertEquals(FleetException.Reason.CONFLICT, assertThrows(FleetException.class,
                () -> desk.begin(group, other, wish(true), fleet.later())).reason());
        report(10_000, "activated");
        for (int i = 0; i < 3; i++) {
            desk.poll(fleet.later());
            report(10_000, "activated");
        }
        desk.begin(group, other, wish(true), fleet.later());
        assertEquals(2, document().targets().size(), "both lines are told");
    }

    @Test
    void ofTwoHubsThatPollAtOnceOneMovesTheRollout() {
        desk.begin(group, release, wish(true), fleet.later());
        report(2_000, "activated");
        try (FleetDatabase second = FleetDatabase.open(fleet.directory.database())) {
            var other = new RolloutDesk(fleet.directory, fleet.keys, second);
            desk.poll(fleet.later());
            assertEquals(List.of(), other.poll(fleet.later()), "it sees what the first has done");
            byte[] same = second.desired().find(group).orElseThrow().envelope();
            long version = document().version();
            assertThrows(FleetDatabaseException.class,
                    () -> second.desired().put(group, version, same, List.of(), fleet.now));
        }
        assertEquals(5_000, rule().waveLimit());
    }

    @Test
    void revokedAndQuarantinedDevicesCountInNoWave() {
        desk.begin(group, release, wish(false), fleet.later());
        int members = desk.tally(desk.all().getFirst()).members();
        List<String> wave = inWave(2_000);
        fleet.database.devices().revoke(wave.get(0), fleet.later());
        fleet.database.devices().quarantine(wave.get(1), "clone", fleet.later());
        assertEquals(members - 2, desk.tally(desk.all().getFirst()).members());
    }

    @Test
    void namesThatNobodyHasAreRefused() {
        assertEquals(FleetException.Reason.UNKNOWN,
                assertThrows(FleetException.class, () -> desk.addressee("line-b")).reason());
        assertEquals(FleetException.Reason.UNKNOWN,
                assertThrows(FleetException.class, () -> new ReleaseBook(fleet.database).find("chat@9")).reason());
        assertEquals(new Addressee.Device("box-3"), desk.addressee("box-3"));
    }

    private RolloutDesk.Wish wish(boolean automatic) {
        return new RolloutDesk.Wish(List.of(2_000, 5_000, 10_000), automatic, 20, 0, 0, 1440, 0, false, "any");
    }

    private FleetDocument document() {
        return DesiredDesk.document(fleet.database.desired().find(group).orElseThrow());
    }

    private RolloutRule rule() {
        return document().rollout();
    }

    private List<String> inWave(int limit) {
        return fleet.database.devices().all().stream().map(device -> device.device())
                .filter(device -> RolloutRule.number(device, release.payload()) < limit).toList();
    }

    private void report(int limit, String outcome) {
        fleet.later();
        inWave(limit).forEach(device -> reported(device, outcome));
    }

    private void reported(String device, String outcome) {
        var update = new DeviceReport.Update(outcome.isEmpty() ? "TRIAL" : "ACTIVATED", "chat", 1,
                release.payload().hex(), release.row().file().hex(), 1, outcome, "", "", 1, 0, 0);
        var report = new DeviceReport(FleetRig.SITE, device, "0123456789abcdef", "0.1.0", "25", "scalar", "x86",
                List.of(), release.row().file().hex(), update, 1, 1, new DeviceReport.Freshness(false, List.of(), 0));
        fleet.database.devices().reported(device, JsonWriter.canonical(report.toJson()), fleet.later());
    }

    private void fail(String device) {
        fleet.database.failures().add(new FailureRow(release.payload(), device, "x86", "chat", 1,
                "rolled_back_to_previous", "golden", fleet.later()));
    }
}
