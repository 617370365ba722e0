package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.identity.ClaimFile;
import dev.outpost.provisioning.identity.Ownership;
import dev.outpost.provisioning.identity.OwnershipCommand;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.verify.VerifiedFleet;
import dev.outpost.provisioning.verify.VerifiedUpdate;
import dev.outpost.runtime.fleet.wire.Desired;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything the manager signs, read by the verifier of a device. */
class FleetDocumentsTest {

    @TempDir
    Path home;

    private FleetRig fleet;

    @BeforeEach
    void found() {
        fleet = new FleetRig(home);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void aDeviceAcceptsItsClaimAndTheRootInIt() {
        var device = fleet.device("box-1", "line-a");
        assertEquals(1, device.trust.root().orElseThrow().version());
        assertEquals(FleetRig.SITE, device.claim.site());
        assertEquals("mqtts://broker.example:8883", device.claim.links().get("fleet"));
        assertEquals(List.of(fleet.founded.pin()), device.claim.pins());
        assertEquals(43, device.claim.token().length(), "32 random bytes");
    }

    @Test
    void aDeviceTakesARolledOutRelease() throws IOException {
        var device = fleet.device("box-1", "line-a");
        var release = fleet.release("chat", 3 << 20, 1);
        fleet.rollouts().begin(fleet.rollouts().addressee("line-a"), release, RolloutDesk.Wish.everybody(),
                fleet.later());
        VerifiedUpdate update = update(device, fleet.told("line-a"));
        assertEquals("chat", update.release().line());
        assertEquals(1, update.release().counter());
        assertEquals(release.payload(), update.releaseDigest());
        assertEquals("Apache-2.0", update.release().licence());
        assertEquals(0.75, update.release().quality().get("exactness"));
        assertEquals(fleet.directory.blockList(release.row().file()).orElseThrow().length,
                update.release().file().blockListBytes());
    }

    @Test
    void rootsRotateStepByStepUnderADeviceThatWasAway() throws IOException {
        var device = fleet.device("box-1", "line-a");
        var release = fleet.release("chat", 100, 1);
        fleet.rollouts().begin(fleet.rollouts().addressee("line-a"), release, RolloutDesk.Wish.everybody(),
                fleet.later());
        fleet.roots().rotate(List.of("fleet", "freshness"), fleet.later());
        fleet.roots().rotate(List.of("root-1"), fleet.later());
        fleet.roots().rotate(List.of("root-2", "root-3"), fleet.later());
        fleet.roots().rotate(List.of("release-1", "release-2", "owner"), fleet.later());
        Desired told = fleet.told("line-a");
        assertEquals(4, told.documents(Desired.Kind.ROOT).size());
        RefusedException early = assertThrows(RefusedException.class,
                () -> device.verifier.fleet(told.fleetDocument()));
        assertEquals(Refusal.TOO_FEW_SIGNATURES, early.code(), "the new fleet key counts only under the new root");
        assertEquals(1, update(device, told).release().counter());
        assertEquals(5, device.trust.root().orElseThrow().version());
    }

    @Test
    void anOldFleetKeyNoLongerCountsAfterARotation() throws IOException {
        var device = fleet.device("box-1");
        var release = fleet.release("chat", 100, 1);
        var desk = fleet.rollouts();
        desk.begin(desk.addressee("box-1"), release, RolloutDesk.Wish.everybody(), fleet.later());
        byte[] underTheOldKey = fleet.told("box-1").fleetDocument();
        fleet.roots().rotate(List.of("fleet"), fleet.later());
        device.follow(fleet.told("box-1"));
        assertEquals(Refusal.TOO_FEW_SIGNATURES,
                assertThrows(RefusedException.class, () -> device.verifier.fleet(underTheOldKey)).code());
    }

    @Test
    void aRevokedReleaseIsRefusedAndItsRolloutStops() throws IOException {
        var device = fleet.device("box-1", "line-a");
        fleet.release("chat", 100, 1);
        var bad = fleet.release("chat", 100, 2);
        var desk = fleet.rollouts();
        desk.begin(desk.addressee("line-a"), bad, RolloutDesk.Wish.everybody(), fleet.later());
        fleet.roots().revoke("chat", 2, fleet.later());
        Desired told = fleet.told("line-a");
        RefusedException refused = assertThrows(RefusedException.class, () -> update(device, told));
        assertEquals(Refusal.RELEASE_REVOKED, refused.code());
        Rollout rollout = desk.all().getFirst();
        assertEquals(Rollout.State.STOPPED, rollout.state());
        assertTrue(fleet.database.releases().find("chat", 2).orElseThrow().revoked().isPresent());
        assertEquals(1, new ReleaseBook(fleet.database).find("chat").row().counter(), "the newest that is not revoked");
        assertEquals(FleetException.Reason.INPUT, assertThrows(FleetException.class, () -> desk.begin(
                desk.addressee("line-a"), bad, RolloutDesk.Wish.everybody(), fleet.later())).reason());
    }

    @Test
    void aRevocationThatBrokeOffIsFinishedByTheSameCommand() throws IOException {
        var device = fleet.device("box-1");
        var release = fleet.release("chat", 100, 1);
        var desk = fleet.rollouts();
        desk.begin(desk.addressee("box-1"), release, RolloutDesk.Wish.everybody(), fleet.later());
        var next = RootBook.revoking(RootBook.next(fleet.directory.root(), fleet.later()), "chat", 1);
        var signers = fleet.keys.enough(next, Role.ROOT);
        fleet.directory.addRoot(2, RootBook.signed(next, signers, signers));
        fleet.roots().catchUp(fleet.later());
        assertEquals(2, fleet.roots().revoke("chat", 1, fleet.later()).version(), "no further root");
        assertEquals(Refusal.RELEASE_REVOKED,
                assertThrows(RefusedException.class, () -> update(device, fleet.told("box-1"))).code());
        assertEquals(FleetException.Reason.EXISTS, assertThrows(FleetException.class,
                () -> fleet.roots().revoke("chat", 1, fleet.later())).reason());
        assertEquals(FleetException.Reason.UNKNOWN, assertThrows(FleetException.class,
                () -> fleet.roots().revoke("chat", 7, fleet.later())).reason());
    }

    @Test
    void goingBackNeedsTheExplicitWord() throws IOException {
        var device = fleet.device("box-1");
        var first = fleet.release("chat", 100, 1);
        var second = fleet.release("chat", 100, 2);
        var desk = fleet.rollouts();
        var box = desk.addressee("box-1");
        desk.begin(box, second, RolloutDesk.Wish.everybody(), fleet.later());
        update(device, fleet.told("box-1"));
        desk.begin(box, first, RolloutDesk.Wish.everybody(), fleet.later());
        assertEquals(Refusal.OLDER_THAN_FLOOR,
                assertThrows(RefusedException.class, () -> update(device, fleet.told("box-1"))).code());
        var back = new RolloutDesk.Wish(List.of(10_000), false, 20, 0, 0, 1440, 0, true, "any");
        desk.begin(box, first, back, fleet.later());
        assertEquals(1, update(device, fleet.told("box-1")).release().counter());
    }

    @Test
    void twoKeysSignAReleaseAndOneIsNotEnough() throws IOException {
        Files.delete(fleet.stick.resolve("release-2.pem"));
        FleetException refused = assertThrows(FleetException.class, () -> fleet.release("chat", 100, 1));
        assertEquals(FleetException.Reason.NO_KEY, refused.reason());
        assertTrue(refused.getMessage().contains("role=release, expected=2, found=1"), refused.getMessage());
    }

    @Test
    void aRootCanBeSignedWithOneOfThreeSticksLost() throws IOException {
        var device = fleet.device("box-1");
        var desk = fleet.rollouts();
        desk.begin(desk.addressee("box-1"), fleet.release("chat", 100, 1), RolloutDesk.Wish.everybody(), fleet.later());
        Files.delete(fleet.stick.resolve("root-1.pem"));
        fleet.roots().rotate(List.of("root-1"), fleet.later());
        update(device, fleet.told("box-1"));
        assertEquals(2, device.trust.root().orElseThrow().version());
        Files.delete(fleet.stick.resolve("root-2.pem"));
        Files.delete(fleet.stick.resolve("root-3.pem"));
        assertEquals(FleetException.Reason.NO_KEY, assertThrows(FleetException.class,
                () -> fleet.roots().rotate(List.of("fleet"), fleet.later())).reason());
    }

    @Test
    void aCommandIsObeyedOnceAndAWipeCarriesTheOwnersOrder() {
        var device = fleet.device("box-1");
        var desk = new CommandDesk(fleet.directory, fleet.keys, fleet.database);
        var report = desk.give("box-1", Command.Operation.REPORT, Duration.ofHours(1), fleet.later());
        assertEquals(Command.Operation.REPORT, device.verifier.command(report.envelope()).operation());
        var wipe = desk.give("box-1", Command.Operation.WIPE, Duration.ofHours(1), fleet.now);
        Command ordered = device.verifier.command(wipe.envelope());
        assertTrue(ordered.counter() > device.verifier.command(report.envelope()).counter());
        byte[] order = JsonWriter.canonical(ordered.arguments().members().get("order"));
        assertEquals(OwnershipCommand.Operation.WIPE,
                Ownership.obey(device.disk, device.trust, "box-1", order).operation());
    }

    @Test
    void aConfigurationTravelsUnderTheFleetsSignatureAndStaysWhileReleasesMove() throws IOException {
        var device = fleet.device("box-1", "line-a");
        byte[] settings = "server:\n  port: 9090\n".getBytes(StandardCharsets.UTF_8);
        var group = fleet.rollouts().addressee("line-a");
        new ConfigurationDesk(fleet.directory, fleet.keys, fleet.database).put(group, Optional.of(settings),
                fleet.later());
        fleet.rollouts().begin(group, fleet.release("chat", 100, 1), RolloutDesk.Wish.everybody(), fleet.later());
        Desired told = fleet.told("line-a");
        VerifiedFleet verified = device.verifier.fleet(told.fleetDocument());
        byte[] brought = fleet.documents(told, Desired.Kind.CONFIGURATION).getFirst();
        assertArrayEquals(settings, device.verifier.configuration(verified, brought));
        brought[0] ^= 1;
        assertThrows(RefusedException.class, () -> device.verifier.configuration(verified, brought));
    }

    @Test
    void anotherDevicesClaimIsRefused() {
        byte[] claim = fleet.claim("box-2");
        var device = fleet.device("box-1");
        assertEquals(Refusal.WRONG_DEVICE, assertThrows(RefusedException.class,
                () -> new ClaimFile(device.disk, device.trust).accept(claim,
                        "box-1"))
                .code());
    }

    @Test
    void lockedKeysOpenWithTheirPassphraseAlone() throws IOException {
        Path keys = home.resolve("locked");
        var settings = new FleetSettings("other", new TreeMap<>(), "", List.of(), 1, 1, "");
        Founding.found(home.resolve("other"), settings, keys, Optional.of("correct horse".toCharArray()),
                FleetRig.START);
        var directory = FleetDirectory.open(home.resolve("other"));
        String pem = Files.readString(keys.resolve("root-1.pem"));
        assertTrue(pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----"), pem);
        assertEquals("rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve("root-1.pem"))));
        assertEquals(FleetException.Reason.LOCKED, assertThrows(FleetException.class, () -> FleetKeys
                .in(List.of(keys), Optional.empty()).enough(directory.root(), Role.RELEASE)).reason());
        assertEquals(FleetException.Reason.LOCKED, assertThrows(FleetException.class, () -> FleetKeys
                .in(List.of(keys), Optional.of("wrong".toCharArray())).enough(directory.root(), Role.RELEASE))
                .reason());
        var signer = FleetKeys.in(List.of(keys), Optional.of("correct horse".toCharArray())).one(directory.root(),
                Role.OWNER);
        SignedDocument signed = signer
                .sign(new SignedDocument(JsonObject.of(Map.of()).with("type", "test"), List.of()));
        assertEquals(2, signed.signatures().size(), "one of each scheme");
        assertTrue(signer.verificationKeys().getFirst().verifies(signed.signedBytes(),
                signed.signatures().getFirst().bytes()));
        assertTrue(JsonReader.canonical(signed.encode(), SignedDocument.MAX_BYTES) instanceof JsonObject);
    }

    @Test
    void keysAreFoundByWhatTheyHoldAmongOtherFiles() throws IOException {
        Files.move(fleet.stick.resolve("release-1.pem"), fleet.stick.resolve("alice.pem"));
        Files.writeString(fleet.stick.resolve("notes.pem"), "-----BEGIN PUBLIC KEY-----\nnot base64");
        Files.writeString(fleet.stick.resolve("a.pem"), "");
        Files.copy(fleet.directory.authorityCertificate(), fleet.stick.resolve("ca.pem"));
        assertEquals(1, fleet.release("chat", 100, 1).row().counter());
    }

    @Test
    void aFleetIsNotMadeOverAnother() {
        var settings = new FleetSettings("other", new TreeMap<>(), "", List.of(), 1, 1, "");
        assertEquals(FleetException.Reason.EXISTS, assertThrows(FleetException.class, () -> Founding
                .found(home.resolve("fleet"), settings, home.resolve("new"), Optional.empty(), FleetRig.START))
                .reason());
        assertEquals(FleetException.Reason.EXISTS, assertThrows(FleetException.class, () -> Founding
                .found(home.resolve("fleet-2"), settings, fleet.stick, Optional.empty(), FleetRig.START)).reason());
        assertTrue(Files.notExists(home.resolve("fleet-2")), "nothing was begun");
    }

    @Test
    void oneNameIsADevicesOrAGroups() {
        fleet.claim("box-1", "line-a");
        assertEquals(FleetException.Reason.INPUT,
                assertThrows(FleetException.class, () -> fleet.claim("line-a")).reason());
        assertEquals(FleetException.Reason.INPUT,
                assertThrows(FleetException.class, () -> fleet.claim("box-2", "box-1")).reason());
    }

    private VerifiedUpdate update(FleetRig.DeviceSide device, Desired told) {
        device.follow(told);
        VerifiedFleet verified = device.verifier.fleet(told.fleetDocument());
        return device.verifier.update(verified, fleet.documents(told, Desired.Kind.RELEASE).getFirst());
    }
}
