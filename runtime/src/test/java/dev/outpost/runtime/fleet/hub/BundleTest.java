package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.UpdateMachine;
import dev.outpost.provisioning.UpdateOutcome;
import dev.outpost.provisioning.UpdatePorts;
import dev.outpost.provisioning.RolloutConditions;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.stage.TransferLimits;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.runtime.fleet.carrier.UsbCarrier;
import dev.outpost.runtime.fleet.hub.BundleReceipts.Kind;
import dev.outpost.runtime.fleet.hub.BundleReceipts.Receipt;
import dev.outpost.runtime.fleet.wire.Desired;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.fleet.wire.FailNotice;
import dev.outpost.runtime.fleet.wire.SignedReport;
import dev.outpost.provisioning.identity.CertificatePair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stick takes a release to a device that has no link, and its words home. */
class BundleTest {

    @TempDir
    Path home;

    private FleetRig fleet;
    private Path stick;

    @BeforeEach
    void found() throws IOException {
        fleet = new FleetRig(home);
        stick = Files.createDirectory(home.resolve("usb"));
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void aDeviceInstallsFromTheStickWhatTheManagerSigned() throws Exception {
        var device = fleet.device("box-1", "line-a");
        var release = fleet.release("chat", 3_000_000, 1);
        fleet.rollouts().begin(fleet.rollouts().addressee("line-a"), release, RolloutDesk.Wish.everybody(),
                fleet.later());
        fleet.roots().rotate(List.of("fleet"), fleet.later());
        long[] last = {0};
        Bundle bundle = Bundle.collect(fleet.directory, fleet.database, stick, Set.of("box-1"));
        Bundle.Written written = bundle.write(done -> {
            assertTrue(done >= last[0], "progress only grows");
            last[0] = done;
        });
        assertEquals(List.of("line-a"), written.addressees());
        assertEquals(3_000_000, last[0]);

        var carrier = new UsbCarrier(stick);
        Desired told = Desired.of(Files.readAllBytes(stick.resolve("outpost-bundle/desired/line-a.json")));
        for (Desired.Reference root : told.documents(Desired.Kind.ROOT)) {
            device.verifier.followRoots(List.of(carrier.document(root.digest(), root.bytes())));
        }
        Desired.Reference reference = told.documents(Desired.Kind.RELEASE).getFirst();
        var store = ModelStore.open(device.disk, StoreSettings.STANDARD);
        var pointer = ActivePointer.open(device.disk);
        pointer.start(digest -> store.find(digest).isPresent());
        pointer.startedWell();
        var machine = new UpdateMachine(device.disk, store, pointer, device.verifier, UpdateJournal.open(device.disk),
                new UpdatePorts(List.of(carrier), TransferLimits.STANDARD, new Loads(), (line, counter, digest) -> {},
                        new Answers(), new Alone(), report -> {}, System::nanoTime));
        machine.resume();
        machine.offer(told.fleetDocument(), carrier.document(reference.digest(), reference.bytes()));
        machine.run();
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), machine.report().state().outcome(),
                machine.report().toString());
        assertEquals(release.row().file(), store.models().getFirst().digest());
        assertArrayEquals(Files.readAllBytes(home.resolve("chat-1.bin")),
                Files.readAllBytes(device.disk.path(ModelStore.blobName(release.row().file()))));
    }

    @Test
    void aStickIsWrittenAgainWithoutCopyingWhatItHas() throws IOException {
        fleet.device("box-1", "line-a");
        var release = fleet.release("chat", 500_000, 1);
        fleet.rollouts().begin(fleet.rollouts().addressee("line-a"), release, RolloutDesk.Wish.everybody(),
                fleet.later());
        Bundle.collect(fleet.directory, fleet.database, stick, Set.of()).write(done -> {});
        Path blob = stick.resolve("outpost-bundle/blobs").resolve(release.row().file().hex());
        Files.setLastModifiedTime(blob, FileTime.from(FleetRig.START));
        Bundle.collect(fleet.directory, fleet.database, stick.resolve("outpost-bundle"), Set.of()).write(done -> {});
        assertEquals(FleetRig.START, Files.getLastModifiedTime(blob).toInstant());
        try (var left = Files.walk(stick)) {
            assertTrue(left.noneMatch(file -> file.toString().endsWith(".tmp")));
        }
    }

    @Test
    void nothingRolledOutIsNoBundle() {
        fleet.device("box-1");
        assertEquals(FleetException.Reason.UNKNOWN, assertThrows(FleetException.class,
                () -> Bundle.collect(fleet.directory, fleet.database, stick, Set.of())).reason());
    }

    @Test
    void reportsNoticesAndRequestsComeHome() throws IOException {
        var device = fleet.device("box-1", "line-a");
        var release = fleet.release("chat", 5_000, 1);
        Path bundle = Files.createDirectories(stick.resolve("outpost-bundle"));
        Files.createDirectories(bundle.resolve("certificates"));
        Files.createDirectories(bundle.resolve("receipts"));
        Files.writeString(bundle.resolve("certificates/box-1.request"), device.request(device.claim.token()).pem());
        List<Receipt> first = receipts();
        assertEquals(List.of(new Receipt("box-1.request", Kind.CERTIFICATE, "box-1")), first);
        var chain = CertificateAuthority.chain(Files.readString(bundle.resolve("certificates/box-1.chain")));
        assertEquals(device.key.publicKey(), chain.getFirst().getPublicKey());

        var pair = new CertificatePair(device.key, chain);
        Files.write(bundle.resolve("receipts/box-1-1.json"),
                SignedReport.sign(report("box-1", release).toJson(), pair).encode());
        Files.write(bundle.resolve("receipts/box-1-2.json"), SignedReport.sign(notice("box-1", release).toJson(), pair)
                .encode());
        Files.write(bundle.resolve("receipts/box-9-1.json"),
                SignedReport.sign(report("box-9", release).toJson(), pair).encode());
        Files.writeString(bundle.resolve("receipts/torn.json"), "{\"payload\":");
        assertEquals(List.of(Kind.REPORT, Kind.FAILURE, Kind.REFUSED, Kind.REFUSED),
                receipts().stream().map(Receipt::kind).toList());
        assertEquals(release.row().file().hex(), RolloutDesk
                .report(fleet.database.devices().find("box-1").orElseThrow().report().orElseThrow()).orElseThrow()
                .active());
        assertEquals(1, fleet.database.failures().of("chat", 1).size());
        receipts();
        assertEquals(1, fleet.database.failures().of("chat", 1).size(), "read twice, counted once");
    }

    @Test
    void aReportUnderAnotherDevicesKeyIsRefused() throws IOException {
        var device = fleet.device("box-1");
        var thief = fleet.device("box-2");
        var release = fleet.release("chat", 5_000, 1);
        var desk = new EnrolmentDesk(CertificateAuthority.open(fleet.directory), FleetRig.SITE, fleet.database,
                InstantSource.fixed(fleet.now));
        var pair = new CertificatePair(thief.key,
                desk.answer(thief.request(thief.claim.token()).der(), Optional.empty()).chain());
        Path receipts = Files.createDirectories(stick.resolve("outpost-bundle/receipts"));
        Files.write(receipts.resolve("box-1-1.json"),
                SignedReport.sign(report(device.id, release).toJson(), pair).encode());
        assertEquals(Kind.REFUSED, receipts().getFirst().kind());
        assertTrue(fleet.database.devices().find("box-1").orElseThrow().report().isEmpty());
    }

    private List<Receipt> receipts() {
        return new BundleReceipts(fleet.directory, fleet.database, fleet.later()).read(stick);
    }

    private static DeviceReport report(String device, ReleaseBook.Signed release) {
        var update = new DeviceReport.Update("ACTIVATED", "chat", 1, release.payload().hex(),
                release.row().file().hex(), 1, "activated", "", "", 1, 0, 0);
        return new DeviceReport(FleetRig.SITE, device, "0123456789abcdef", "0.1.0", "25", "scalar", "x86", List.of(),
                release.row().file().hex(), update, 1, 1, new DeviceReport.Freshness(false, List.of(), 0));
    }

    private static FailNotice notice(String device, ReleaseBook.Signed release) {
        return new FailNotice(FleetRig.SITE, device, "x86", release.payload(), "chat", 1, "rolled_back_to_previous",
                "golden");
    }

    /** Loads whatever is there. */
    private static final class Loads implements ModelPreparer {
        @Override
        public Fit fit(ContentDigest digest, ReleaseManifest release) {
            return Fit.BESIDE;
        }

        @Override
        public void load(ContentDigest digest) {}

        @Override
        public void unloadServing() {}

        @Override
        public void serve(ContentDigest digest, Duration deadline) {}

        @Override
        public void discard() {}
    }

    /** Answers as the release expects. */
    private static final class Answers implements HealthProbe {
        @Override
        public Answer ask(ContentDigest model, GoldenQuestion question) {
            return new Answer(question.expect(), 1);
        }
    }

    /** Nobody else and no time. */
    private static final class Alone implements RolloutConditions {
        @Override
        public Optional<Instant> trustedNow() {
            return Optional.empty();
        }

        @Override
        public long idleMinutes() {
            return 0;
        }

        @Override
        public int failures(ContentDigest release) {
            return 0;
        }
    }
}
