package dev.outpost.provisioning.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate is renewed: at one third of its life left, by the trusted time floor. A floor lags behind the real
 * time and never runs ahead of it, so the authority's validity must cover three times the longest offline spell.
 */
public final class RenewalRule {
    private RenewalRule() {}

    /** Whether it is time to ask for a new one. */
    public static boolean due(X509Certificate certificate, Instant timeFloor) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        Duration third = Duration.between(from, until).dividedBy(3);
        return !timeFloor.isBefore(until.minus(third));
    }

    /** Whether a certificate lives long enough for a device that may be offline so long. */
    public static boolean outlasts(X509Certificate certificate, Duration longestOffline) {
        Duration life = Duration.between(certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
        return life.compareTo(longestOffline.multipliedBy(3)) >= 0;
    }
}
