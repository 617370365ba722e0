package dev.outpost.runtime.update;

import dev.outpost.provisioning.UpdateOffer;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.manifest.SignedDocument;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Offers that the machine has not taken yet, the latest of each line and addressee. Nothing here is verified: line and
 * addressee only say which offer replaces which. Single thread.
 */
final class WaitingOffers {
    private static final int MOST = 32;

    private final Map<String, UpdateOffer> waiting = new LinkedHashMap<>();
    private Optional<UpdateOffer> current;
    private boolean fresh;

    /** @param current what the machine holds */
    WaitingOffers(Optional<UpdateOffer> current) {
        this.current = current;
    }

    /** Keeps an offer unless the machine has it already and would say the same again. */
    void put(UpdateOffer offer, UpdateReport report) {
        String key = key(offer);
        if (failedHere(offer, report) || current.filter(offer::same).isPresent() && !worthAnother(report)) {
            waiting.remove(key);
            return;
        }
        waiting.remove(key);
        if (waiting.size() == MOST) {
            waiting.remove(waiting.keySet().iterator().next());
        }
        waiting.put(key, offer);
        fresh = true;
    }

    /**
     * The offer that the machine should take now.
     *
     * @param stuck whether the current one cannot go on and has had its time
     */
    Optional<UpdateOffer> next(UpdateState state, boolean stuck) {
        return switch (state) {
            case IDLE, ACTIVATED, REFUSED, ROLLED_BACK, NEEDS_HANDS -> first();
            case DEFERRED, STAGING -> {
                Optional<UpdateOffer> newer = current.map(WaitingOffers::key).map(waiting::get);
                yield newer.isPresent()
                        ? newer
                        : stuck || fresh && state == UpdateState.DEFERRED
                                ? first()
                                : Optional.empty();
            }
            case VERIFYING, PLANNING, LOADING_BESIDE, DRAINING, LOADING_ALONE, GATING, SWITCHING, TRIAL, COMMITTING,
                    INSTALLING, ROLLING_BACK ->
                Optional.empty();
        };
    }

    /** The machine has taken an offer; the one before waits for another turn when it had not ended. */
    void taken(UpdateOffer offer, UpdateState before) {
        fresh = false;
        waiting.remove(key(offer));
        if (before == UpdateState.DEFERRED || before == UpdateState.STAGING) {
            current.filter(old -> !key(old).equals(key(offer))).ifPresent(old -> waiting.put(key(old), old));
        }
        current = Optional.of(offer);
    }

    int count() {
        return waiting.size();
    }

    private Optional<UpdateOffer> first() {
        return waiting.values().stream().findFirst();
    }

    /** A full disk may have been emptied, a missing root installed; a failed model stays a failed model. */
    private static boolean worthAnother(UpdateReport report) {
        return report.state() == UpdateState.REFUSED
                && report.refusal().filter(why -> why != Refusal.ATTEMPTS_SPENT).isPresent();
    }

    /** A stopped rollout names the release again; to take it would put a refusal over what became of the device. */
    private static boolean failedHere(UpdateOffer offer, UpdateReport report) {
        boolean failed = report.state() == UpdateState.ROLLED_BACK || report.state() == UpdateState.NEEDS_HANDS;
        return failed && report.release().isPresent()
                && document(offer.release()).map(SignedDocument::digest).equals(report.release());
    }

    private static String key(UpdateOffer offer) {
        return text(offer.release(), "line") + " for " + text(offer.fleet(), "addressee");
    }

    private static String text(byte[] document, String member) {
        return document(document).map(envelope -> JsonFields.of(envelope.payload(), "payload"))
                .filter(payload -> payload.has(member)).map(payload -> payload.value(member).toString()).orElse("");
    }

    private static Optional<SignedDocument> document(byte[] envelope) {
        try {
            return Optional.of(SignedDocument.of(JsonReader.read(envelope, SignedDocument.MAX_BYTES)));
        } catch (RefusedException unreadable) {
            return Optional.empty();
        }
    }
}
