package dev.outpost.provisioning.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonValue.JsonText;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.storage.SimulatedDisk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final TrustFixture FIXTURE = new TrustFixture();

    private final SimulatedDisk disk = new SimulatedDisk();
    private final TrustState trust = FIXTURE.install(disk);
    private final Verifier verifier = new Verifier(trust, TrustFixture.DEVICE);

    @Test
    void acceptsWhatReleaseAndFleetNameAlike() {
        VerifiedUpdate update = offer(1, 1);
        assertEquals(1, update.release().counter());
        assertEquals(1, trust.releaseFloor("press-assistant"));
        assertEquals(1, trust.fleetFloor("device/box-7"));
    }

    @Test
    void acceptsTheSameDocumentsAgain() {
        offer(1, 1);
        assertEquals(1, offer(1, 1).release().counter());
    }

    @Test
    void acceptsADocumentForItsGroup() {
        FleetDocument good = TrustFixture.fleet(1, TrustFixture.release(1));
        FleetDocument group = new FleetDocument(good.site(), new Addressee.Group("presses"), 1, good.targets(),
                Optional.empty(), good.rollout(), good.issued(), good.expires());
        assertEquals("group/presses", verifier.fleet(sign(group)).document().addressee().key());
    }

    @Test
    void aCommandMayComeAgainAndIsObeyedOnceEvenAfterARestart() {
        byte[] document = FIXTURE.signed(new Command("plant-1", "box-7", "order-1", Command.Operation.GOLDEN,
                JsonObject.of(Map.of("reason", new JsonText("drill"))), 7, Optional.empty()).toJson(), Role.FLEET);
        Command command = verifier.command(document);
        assertEquals(command, verifier.command(document));
        assertEquals(Command.Operation.GOLDEN, command.operation());
        verifier.obey(command);
        assertEquals(Refusal.REPLAYED,
                assertThrows(RefusedException.class, () -> verifier.obey(command)).code());
        Verifier restarted = new Verifier(TrustState.open(disk.afterPowerCut(3), TrustFixture.BUILD),
                TrustFixture.DEVICE);
        assertEquals(Refusal.REPLAYED,
                assertThrows(RefusedException.class, () -> restarted.obey(restarted.command(document))).code());
    }

    @Test
    void aCommandWithAnUnknownOperationIsRefused() {
        JsonObject payload = new Command("plant-1", "box-7", "order-1", Command.Operation.REPORT,
                JsonObject.of(Map.of()), 1, Optional.empty()).toJson().with("op", "shell");
        assertEquals(Refusal.MALFORMED_DOCUMENT, assertThrows(RefusedException.class,
                () -> verifier.command(FIXTURE.signed(payload, Role.FLEET))).code());
    }

    @Test
    void acceptsAnOlderReleaseOnlyWhenNamedAsADowngrade() {
        offer(1, 5);
        FleetDocument back = TrustFixture.fleet(2, TrustFixture.release(3));
        FleetTarget target = back.targets().getFirst();
        FleetDocument allowed = new FleetDocument(back.site(), back.addressee(), 2,
                List.of(new FleetTarget(target.line(), 3, target.sha256(), target.bytes(), target.profile(),
                        List.of(3L))),
                Optional.empty(), back.rollout(), back.issued(), back.expires());
        assertEquals(3, verifier.update(verifier.fleet(sign(allowed)), release(3)).release().counter());
        assertEquals(5, trust.releaseFloor("press-assistant"), "the floor must not fall");
    }

    @Test
    void followsARootRotatedSeveralTimesWhileOffline() {
        List<byte[]> chain = new ArrayList<>();
        for (long version = 2; version <= 5; version++) {
            chain.add(FIXTURE.signed(FIXTURE.root(version).toJson(), Role.ROOT));
        }
        verifier.followRoots(chain);
        assertEquals(5, TrustState.open(disk, TrustFixture.BUILD).root().orElseThrow().version());
    }

    @Test
    void keepsTheStepsBeforeARefusedOne() {
        byte[] two = FIXTURE.signed(FIXTURE.root(2).toJson(), Role.ROOT);
        byte[] four = FIXTURE.signed(FIXTURE.root(4).toJson(), Role.ROOT);
        assertThrows(RefusedException.class, () -> verifier.followRoots(List.of(two, four)));
        assertEquals(2, trust.root().orElseThrow().version());
    }

    @Test
    void seesAFreezeInOneExchange() {
        offer(1, 1);
        String nonce = verifier.askFreshness();
        FreshnessReport report = verifier
                .freshness(FIXTURE.signed(TrustFixture.freshness(nonce, 2, 7).toJson(), Role.FRESHNESS));
        assertEquals(List.of("root", "fleet device/box-7"), report.behind());
        nonce = verifier.askFreshness();
        byte[] answer = FIXTURE.signed(TrustFixture.freshness(nonce, 1, 1).toJson(), Role.FRESHNESS);
        assertTrue(verifier.freshness(answer).current());
        assertThrows(RefusedException.class, () -> verifier.freshness(answer), "an answer counts once");
    }

    @Test
    void anOlderAnnouncementNeverLowersTheFloor() {
        announce(9);
        announce(2);
        byte[] eight = sign(TrustFixture.fleet(8, TrustFixture.release(1)));
        assertEquals(Refusal.OLDER_THAN_FLOOR,
                assertThrows(RefusedException.class, () -> verifier.fleet(eight)).code());
        assertEquals(9, verifier.fleet(sign(TrustFixture.fleet(9, TrustFixture.release(1)))).document().version());
    }

    @Test
    void timeComesFromSignedDocumentsAlone() {
        assertEquals(TrustFixture.NOW, trust.timeFloor());
        FleetDocument good = TrustFixture.fleet(1, TrustFixture.release(1));
        Instant later = TrustFixture.NOW.plusSeconds(500);
        verifier.fleet(sign(new FleetDocument(good.site(), good.addressee(), 1, good.targets(), Optional.empty(),
                good.rollout(), later, TrustFixture.LATER)));
        assertEquals(later, trust.timeFloor());
        offer(2, 1);
        assertEquals(later, trust.timeFloor(), "a document signed earlier must not lower it");
        assertEquals(later, TrustState.open(disk, TrustFixture.BUILD).timeFloor());
    }

    @Test
    void documentsFromTheFutureAreNoFault() {
        FleetDocument good = TrustFixture.fleet(1, TrustFixture.release(1));
        Instant future = TrustFixture.NOW.plusSeconds(200 * 86_400L);
        assertFalse(verifier.fleet(sign(new FleetDocument(good.site(), good.addressee(), 1, good.targets(),
                Optional.empty(), good.rollout(), future, TrustFixture.LATER))).document().targets().isEmpty());
    }

    @Test
    void countersAreUsedOnce() {
        trust.useCounter("claim", 4);
        assertEquals(Refusal.REPLAYED,
                assertThrows(RefusedException.class, () -> trust.useCounter("claim", 4)).code());
        assertThrows(RefusedException.class, () -> TrustState.open(disk, TrustFixture.BUILD).useCounter("claim", 3));
        trust.useCounter("claim", 5);
        trust.useCounter("owner", 1);
    }

    private VerifiedUpdate offer(long fleetVersion, long counter) {
        return verifier.update(verifier.fleet(sign(TrustFixture.fleet(fleetVersion, TrustFixture.release(counter)))),
                release(counter));
    }

    private void announce(long fleetVersion) {
        String nonce = verifier.askFreshness();
        verifier.freshness(FIXTURE.signed(TrustFixture.freshness(nonce, 1, fleetVersion).toJson(), Role.FRESHNESS));
    }

    private static byte[] sign(FleetDocument document) {
        return FIXTURE.signed(document.toJson(), Role.FLEET);
    }

    private static byte[] release(long counter) {
        return FIXTURE.signed(TrustFixture.release(counter).toJson(), Role.RELEASE);
    }
}
