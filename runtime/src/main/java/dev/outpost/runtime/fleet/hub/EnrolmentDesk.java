package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.CertificateRow;
import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Answers certificate requests, whichever way they came: HTTPS, MQTT or a stick.
 *
 * <p>The first request of a device carries its claim's token, which then belongs to the key it came with. A later one
 * carries none: it is answered for the key that was certified before, whose private half signed the request, or for any
 * key on a connection that the certified key made. So no carrier is trusted, and an expired certificate strands nobody.
 * Any thread.
 */
public final class EnrolmentDesk {
    private final CertificateAuthority authority;
    private final String site;
    private final FleetDatabase database;
    private final InstantSource clock;

    public EnrolmentDesk(CertificateAuthority authority, String site, FleetDatabase database, InstantSource clock) {
        this.authority = authority;
        this.site = site;
        this.database = database;
        this.clock = clock;
    }

    /**
     * Answers a request.
     *
     * @param pkcs10 the request, DER
     * @param presented the client certificate of a mutual TLS connection it came on; already verified by the TLS stack
     */
    public CertificateAnswer answer(byte[] pkcs10, Optional<X509Certificate> presented) {
        ContentDigest digest = ContentDigest.of(pkcs10);
        try {
            SigningRequest request = SigningRequest.of(pkcs10);
            requireOurs(request);
            Optional<CertificateRow> before = database.certificates().answerTo(request.device(), digest);
            boolean entitled = before.filter(EnrolmentDesk::counts).isPresent() || entitled(request, presented);
            if (!entitled) {
                return CertificateAnswer.refused(digest, request.token().isPresent()
                        ? "token is not the device's newest or was used with another key"
                        : "key was not certified for this device before");
            }
            CertificateRow issued = before.filter(EnrolmentDesk::counts).orElseGet(() -> issue(request, digest));
            return CertificateAnswer.issued(digest, CertificateAuthority.chain(issued.chain()));
        } catch (FleetException e) {
            return switch (e.reason()) {
                case UNTRUSTED, UNKNOWN -> CertificateAnswer.refused(digest, e.getMessage());
                case NO_FLEET, EXISTS, NO_KEY, LOCKED, INPUT, GOLDEN, CONFLICT, DATABASE -> throw e;
            };
        }
    }

    private static boolean counts(CertificateRow certificate) {
        return certificate.revoked().isEmpty();
    }

    private void requireOurs(SigningRequest request) {
        if (!request.site().equals(site)) {
            throw new FleetException(FleetException.Reason.UNTRUSTED, "request is for another site: expected=" + site);
        }
        DeviceRow device = database.devices().find(request.device())
                .orElseThrow(() -> new FleetException(FleetException.Reason.UNKNOWN, "device is not known here"));
        if (device.revoked().isPresent() || device.quarantined().isPresent()) {
            throw new FleetException(FleetException.Reason.UNTRUSTED, "device is revoked or set aside");
        }
    }

    /** The token belongs to the key: a device that lost the answer asks again, with another signature. */
    private boolean entitled(SigningRequest request, Optional<X509Certificate> presented) {
        if (request.token().isPresent()) {
            return database.claims().redeem(request.device(), request.token().get(),
                    ContentDigest.of(request.key().getEncoded()), clock.instant());
        }
        Optional<ContentDigest> shown = presented
                .map(certificate -> ContentDigest.of(CertificateAuthority.encoded(certificate)));
        return database.certificates().of(request.device()).stream().filter(EnrolmentDesk::counts)
                .anyMatch(known -> shown.filter(known.fingerprint()::equals).isPresent() || CertificateAuthority
                        .chain(known.chain()).getFirst().getPublicKey().equals(request.key()));
    }

    private CertificateRow issue(SigningRequest request, ContentDigest digest) {
        X509Certificate issued = authority.issueDevice(request.device(), request.key(), clock.instant());
        return database.certificates().issue(new CertificateRow(CertificateAuthority.serialOf(issued),
                request.device(), ContentDigest.of(CertificateAuthority.encoded(issued)), digest,
                CertificateAuthority.text(List.of(issued, authority.certificate())), clock.instant(),
                issued.getNotAfter().toInstant(), Optional.empty()));
    }
}
