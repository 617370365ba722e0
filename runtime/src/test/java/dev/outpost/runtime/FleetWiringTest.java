package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.runtime.fleet.hub.Bundle;
import dev.outpost.runtime.config.FleetText;
import dev.outpost.runtime.fleet.hub.ConfigurationDesk;
import dev.outpost.runtime.fleet.hub.ReleaseBook;
import dev.outpost.runtime.fleet.hub.RolloutDesk;
import dev.outpost.runtime.fleet.hub.database.CommandRow;
import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device and its fleet through a real broker: real keys, certificates, documents, stores; only the engine is none. */
class FleetWiringTest {

    private static final byte[] GOOD = new TinyGguf("a template", 3, 2500).bytes();
    private static final byte[] BETTER = new TinyGguf("a better template", 3, 2500).bytes();
    private static final byte[] BAD = new TinyGguf("a bad template", 3, 2500).bytes();

    private static EmbeddedBroker broker;

    @TempDir
    Path files;

    private TestSite site;

    @BeforeAll
    static void startBroker(@TempDir Path directory) throws IOException {
        broker = new EmbeddedBroker(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void openSite() {
        site = new TestSite(files, "mqtt://127.0.0.1:" + broker.port());
        site.open(broker.port());
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Test
    void aClaimedDeviceEnrolsSaysThatItIsThereAndReports() throws IOException {
        try (TestDevice device = device("box-1", Set.of())) {
            await("certificate", () -> device.wiring.status().get("identity").get("certificate").startsWith("until"));
            await("presence", () -> row("box-1").online());
            await("report", () -> row("box-1").report().isPresent());
            DeviceReport report = RolloutDesk.report(row("box-1").report().orElseThrow()).orElseThrow();
            assertEquals("scalar", report.tier());
            assertEquals(1, report.rootVersion());
            assertEquals(row("box-1").bootId(), report.bootId());
            await("freshness", () -> device.wiring.status().get("fleet").get("freshness").startsWith("current"));
            await("telemetry", () -> site.database.telemetry().counts().values().stream().mapToLong(each -> each)
                    .sum() > 3);
        }
        await("goodbye", () -> !row("box-1").online());
    }

    @Test
    void aReleaseIsFetchedVerifiedAndServed() throws IOException {
        try (TestDevice device = device("box-2", Set.of())) {
            var release = site.release(TargetKind.MODEL, "assistant", GOOD);
            rollOut("box-2", release);
            await("activated", () -> device.room.report().state() == UpdateState.ACTIVATED);
            assertEquals(ContentDigest.of(GOOD), device.answers().orElseThrow());
            await("report of it", () -> row("box-2").report().flatMap(RolloutDesk::report)
                    .filter(report -> report.active().equals(ContentDigest.of(GOOD).hex())
                            && report.update().outcome().equals("activated"))
                    .isPresent());
            await("presence of it", () -> row("box-2").models().contains(ContentDigest.of(GOOD).hex()));
            assertEquals(1, row("box-2").desiredVersion());
        }
        try (TestDevice again = device("box-2", Set.of())) {
            assertEquals(ContentDigest.of(GOOD), again.answers().orElseThrow(), "the pointer was durable");
            await("second certificate is not asked for",
                    () -> again.wiring.status().get("identity").get("enrolment").equals("enrolled"));
            assertEquals(1, site.database.certificates().of("box-2").size());
        }
    }

    @Test
    void aBadModelIsRolledBackAndOthersOfTheProfileCountIt() throws IOException {
        try (TestDevice first = device("box-3", Set.of(ContentDigest.of(BAD)), "ovens");
                TestDevice second = device("box-4", Set.of(), "ovens")) {
            rollOut("ovens", site.release(TargetKind.MODEL, "assistant", GOOD));
            await("both serve", () -> served(first, GOOD) && served(second, GOOD));
            var bad = site.release(TargetKind.MODEL, "assistant", BAD);
            second.room.call(verifier -> second.wiring.gateway()).join();
            rollOut("box-3", bad);
            await("rolled back", () -> first.room.report().state() == UpdateState.ROLLED_BACK);
            assertTrue(served(first, GOOD));
            await("counted elsewhere", () -> second.wiring.parts().conditions().failures(bad.payload()) == 1);
            await("known to the fleet", () -> site.database.failures().all().stream()
                    .anyMatch(failure -> failure.device().equals("box-3")));
            await("alarm", () -> site.database.telemetry().newest("box-3", 500).stream()
                    .anyMatch(record -> record.stream().equals("alarm") && record.json().contains("rollback")));
        }
        broker.stop();
        broker.start();
        try (TestDevice second = device("box-4", Set.of(), "ovens")) {
            assertEquals(1, second.wiring.parts().conditions().failures(release(BAD)),
                    "the count outlives process and broker");
        }
    }

    @Test
    void aRevokedReleaseGivesWayToTheOneBeforeAndTheDeviceSaysSo() throws IOException {
        try (TestDevice device = device("box-9", Set.of())) {
            rollOut("box-9", site.release(TargetKind.MODEL, "assistant", GOOD));
            await("the first serves", () -> served(device, GOOD));
            rollOut("box-9", site.release(TargetKind.MODEL, "assistant", BETTER));
            await("the second serves", () -> served(device, BETTER)
                    && device.room.report().state() == UpdateState.ACTIVATED);
            site.revoke("assistant", 2);
            carry("box-9");
            await("the first serves again", () -> served(device, GOOD));
            await("the fleet knows", () -> row("box-9").report().flatMap(RolloutDesk::report)
                    .filter(report -> report.active().equals(ContentDigest.of(GOOD).hex()) && report.rootVersion() == 2)
                    .isPresent());
            await("alarm", () -> site.database.telemetry().newest("box-9", 500).stream()
                    .anyMatch(record -> record.stream().equals("alarm")
                            && record.json().contains("release is revoked: line=assistant, counter=2")));
        }
        try (TestDevice again = device("box-9", Set.of())) {
            assertTrue(served(again, GOOD), "also after a restart");
        }
    }

    @Test
    void aQuestionSetIsInstalledWhole() throws IOException {
        byte[] questions = "{\"questions\":[]}".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        try (TestDevice device = device("box-5", Set.of())) {
            rollOut("box-5", site.release(TargetKind.QUESTIONS, "shift-questions", questions));
            Path installed = files.resolve("state-box-5/questions/shift-questions/1");
            await("installed", () -> Files.exists(installed));
            assertEquals(ContentDigest.of(questions), ContentDigest.of(Files.readAllBytes(installed)));
            await("ended", () -> device.room.report().state() == UpdateState.ACTIVATED);
        }
    }

    @Test
    void aConfigurationOfTheFleetAppliesFromTheNextStartOnAndCanBeTakenBack() throws IOException {
        var desk = new ConfigurationDesk(site.directory, site.keys, site.database);
        var addressee = new Addressee.Device("box-9");
        try (TestDevice device = device("box-9", Set.of())) {
            desk.put(addressee, Optional.of("engine: {parallel: 7}\n".getBytes(StandardCharsets.UTF_8)), Instant.now());
            rollOut("box-9", site.release(TargetKind.MODEL, "assistant", GOOD));
            await("serves", () -> served(device, GOOD));
        }
        assertEquals(List.of("engine: {parallel: 7}\n"), shelf("box-9"));
        try (TestDevice device = device("box-9", Set.of())) {
            desk.put(addressee, Optional.empty(), Instant.now());
            await("taken back", () -> shelf("box-9").equals(List.of("", "engine: {parallel: 7}\n")));
            assertTrue(served(device, GOOD));
        }
    }

    private List<String> shelf(String device) {
        return FleetShelf.read(files.resolve("state-" + device)).stream().map(FleetText::yaml).toList();
    }

    @Test
    void commandsAreObeyedOnceAndAnsweredWheneverTheyComeAgain() throws IOException {
        try (TestDevice device = device("box-6", Set.of())) {
            await("presence", () -> row("box-6").online());
            assertEquals("report sent", ended(site.command("box-6", Command.Operation.REPORT)).detail());
            assertEquals("passed: right=1, asked=1", ended(site.command("box-6", Command.Operation.GOLDEN)).detail());
            assertEquals("there is no model before it",
                    ended(site.command("box-6", Command.Operation.ROLLBACK)).detail());
            assertEquals(1, device.restarts.getCount());
        }
    }

    @Test
    void aWipeLeavesNothingOfTheOwner() throws Exception {
        try (TestDevice device = device("box-7", Set.of())) {
            rollOut("box-7", site.release(TargetKind.MODEL, "assistant", GOOD));
            await("serves", () -> served(device, GOOD));
            await("report", () -> row("box-7").report().isPresent());
            CommandRow wipe = site.command("box-7", Command.Operation.WIPE);
            assertTrue(device.restarts.await(20, TimeUnit.SECONDS), "the process starts afresh");
            assertEquals("done", ended(wipe).state().word());
        }
        try (var left = Files.walk(files.resolve("state-box-7"))) {
            var names = left.filter(Files::isRegularFile).map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("lock")).toList();
            assertEquals(List.of(), names);
        }
        Map<String, String> flags = TestDevice.settings(files.resolve("state-box-7"), "box-7");
        assertTrue(TestDevice.start(files, flags, Set.of()).isEmpty(), "nobody's device");
    }

    @Test
    void theSameWordsByStickDoTheSameWithoutAnyBroker() throws IOException {
        Map<String, String> flags = flags("box-8");
        flags.put("link.fleet.url", "mqtt://127.0.0.1:1");
        Path stick = Path.of(flags.get("fleet.stick"));
        var release = site.release(TargetKind.MODEL, "assistant", BETTER);
        site.claim("box-8");
        site.rollOut("box-8", release, stick);
        try (TestDevice device = TestDevice.start(files, flags, Set.of()).orElseThrow()) {
            await("served", () -> served(device, BETTER));
        }
    }

    private ContentDigest release(byte[] file) {
        return site.database.failures().all().stream().findFirst().orElseThrow().release();
    }

    private boolean served(TestDevice device, byte[] model) {
        return device.answers().equals(Optional.of(ContentDigest.of(model)));
    }

    private CommandRow ended(CommandRow given) {
        await("end of " + given.id(), () -> site.database.commands().find(given.id()).orElseThrow().state().ended());
        return site.database.commands().find(given.id()).orElseThrow();
    }

    private DeviceRow row(String device) {
        return site.database.devices().find(device).orElseThrow();
    }

    /** The stick carries files and documents; what shall run is said by the broker. */
    private void rollOut(String name, ReleaseBook.Signed release) throws IOException {
        Path stick = files.resolve("stick");
        site.rollOut(name, release, stick);
        forgetWords(stick);
    }

    /** Brings documents that were signed since. */
    private void carry(String device) throws IOException {
        Path stick = files.resolve("stick");
        Bundle.collect(site.directory, site.database, stick, Set.of(device)).write(written -> {});
        forgetWords(stick);
    }

    private static void forgetWords(Path stick) throws IOException {
        try (var words = Files.list(stick.resolve("outpost-bundle/desired"))) {
            for (Path word : words.toList()) {
                Files.delete(word);
            }
        }
    }

    private TestDevice device(String name, Set<ContentDigest> wrong, String... groups) throws IOException {
        Map<String, String> flags = flags(name, groups);
        return TestDevice.start(files, flags, wrong).orElseThrow();
    }

    private Map<String, String> flags(String name, String... groups) throws IOException {
        Map<String, String> flags = new HashMap<>(TestDevice.settings(files.resolve("state-" + name), name));
        Path claim = files.resolve(name + ".claim");
        flags.put("fleet.claim", (Files.exists(claim) ? claim : site.claim(name, groups)).toString());
        flags.put("fleet.groups", String.join(",", groups));
        flags.put("fleet.stick", files.resolve("stick").toString());
        return flags;
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertFalse(System.nanoTime() > deadline, "did not come within 30 s: " + what + ", hub=" + site.counted());
            LockSupport.parkNanos(5_000_000);
        }
    }
}
