package dev.outpost.runtime.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outpost.provisioning.UpdateOffer;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which offer the machine should take next. */
class WaitingOffersTest {

    private final WaitingOffers offers = new WaitingOffers(Optional.empty());

    @Test
    void theLatestOfALineAndAddresseeReplacesTheOneBefore() {
        UpdateOffer older = offer("a", 1);
        UpdateOffer newer = offer("a", 2);
        put(older);
        put(newer);
        put(offer("b", 1));
        assertEquals(2, offers.count());
        assertSame(newer, offers.next(UpdateState.IDLE, false).orElseThrow());
    }

    @Test
    void nothingIsOfferedPastThePointOfNoReturn() {
        put(offer("a", 1));
        for (UpdateState state : UpdateState.values()) {
            boolean takes = switch (state) {
                case IDLE, ACTIVATED, REFUSED, ROLLED_BACK, NEEDS_HANDS, DEFERRED -> true;
                case VERIFYING, STAGING, PLANNING, LOADING_BESIDE, DRAINING, LOADING_ALONE, GATING, SWITCHING, TRIAL,
                        COMMITTING, INSTALLING, ROLLING_BACK ->
                    false;
            };
            assertEquals(takes, offers.next(state, false).isPresent(), state.name());
        }
    }

    @Test
    void aNewerOfferOfTheLineThatArrivesTakesOverAndOthersWaitTheirTurn() {
        UpdateOffer first = offer("a", 1);
        UpdateOffer newer = offer("a", 2);
        UpdateOffer other = offer("b", 1);
        put(first);
        offers.taken(first, UpdateState.IDLE);
        put(other);
        assertEquals(Optional.empty(), offers.next(UpdateState.STAGING, false));
        put(newer);
        assertSame(newer, offers.next(UpdateState.STAGING, false).orElseThrow());
        offers.taken(newer, UpdateState.STAGING);
        assertSame(other, offers.next(UpdateState.STAGING, true).orElseThrow(), "when the first one is stuck");
        offers.taken(other, UpdateState.STAGING);
        assertSame(newer, offers.next(UpdateState.STAGING, true).orElseThrow(), "what was put aside comes again");
    }

    @Test
    void whatTheMachineHoldsIsNotTakenAgainUnlessItsRefusalMayHavePassed() {
        UpdateOffer kept = offer("a", 1);
        var restarted = new WaitingOffers(Optional.of(kept));
        UpdateOffer again = offer("a", 1);
        restarted.put(again, report(UpdateState.ROLLED_BACK, Optional.empty()));
        restarted.put(again, report(UpdateState.ACTIVATED, Optional.empty()));
        restarted.put(again, report(UpdateState.REFUSED, Optional.of(Refusal.ATTEMPTS_SPENT)));
        assertEquals(0, restarted.count());
        restarted.put(again, report(UpdateState.REFUSED, Optional.of(Refusal.DISK_BUDGET)));
        assertSame(again, restarted.next(UpdateState.REFUSED, false).orElseThrow());
    }

    @Test
    void aReleaseThatFailedHereIsNotTakenAgainUnderANewFleetDocument() {
        UpdateOffer again = offer("a", 2);
        var failed = Optional.of(SignedDocument.of(JsonReader.read(again.release(), 1024)).digest());
        put(offer("a", 1));
        offers.put(again, report(UpdateState.ROLLED_BACK, Optional.empty(), failed));
        offers.put(again, report(UpdateState.NEEDS_HANDS, Optional.empty(), failed));
        assertEquals(0, offers.count());
        offers.put(offer("b", 2), report(UpdateState.ROLLED_BACK, Optional.empty(), failed));
        assertEquals(1, offers.count());
    }

    @Test
    void aFloodOfLinesTakesNoMoreThanThirtyTwoPlaces() {
        for (int line = 0; line < 100; line++) {
            put(offer("line-" + line, 1));
        }
        assertEquals(32, offers.count());
        put(new UpdateOffer("nonsense".getBytes(StandardCharsets.UTF_8), new byte[0]));
        put(new UpdateOffer(new byte[0], "other nonsense".getBytes(StandardCharsets.UTF_8)));
        assertEquals(32, offers.count());
    }

    private void put(UpdateOffer offer) {
        offers.put(offer, report(UpdateState.IDLE, Optional.empty()));
    }

    private static UpdateOffer offer(String line, long version) {
        return new UpdateOffer(envelope("\"addressee\":{\"device\":\"box\"},\"version\":" + version),
                envelope("\"line\":\"" + line + "\""));
    }

    private static byte[] envelope(String members) {
        return ("{\"payload\":{" + members + "},\"signatures\":[]}").getBytes(StandardCharsets.UTF_8);
    }

    private static UpdateReport report(UpdateState state, Optional<Refusal> refusal) {
        return report(state, refusal, Optional.empty());
    }

    private static UpdateReport report(UpdateState state, Optional<Refusal> refusal, Optional<ContentDigest> release) {
        return new UpdateReport(state, "", 0, release, Optional.empty(), 1, refusal, "", 0, 0, 0);
    }
}
