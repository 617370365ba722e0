package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.FleetRecords.Device;
import dev.outpost.runtime.fleet.hub.FleetRecords.IssuedCertificate;
import dev.outpost.runtime.fleet.hub.FleetRecords.Standing;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
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
    private final FleetRecords records;
    private final InstantSource clock;

    public EnrolmentDesk(CertificateAuthority authority, String site, FleetRecords records, InstantSource clock) {
        this.authority = authority;
        this.site = site;
        this.records = records;
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
            if (!entitled(request, presented)) {
                return CertificateAnswer.refused(digest, request.token().isPresent()
                        ? "token is not the device's newest or was used with another key"
                        : "key was not certified for this device before");
            }
            return CertificateAnswer.issued(digest, List.of(issue(request), authority.certificate()));
        } catch (FleetException e) {
            return switch (e.reason()) {
                case UNTRUSTED, UNKNOWN -> CertificateAnswer.refused(digest, e.getMessage());
                case NO_FLEET, EXISTS, NO_KEY, LOCKED, INPUT, GOLDEN, CONFLICT, DATABASE -> throw e;
            };
        }
    }

    private void requireOurs(SigningRequest request) {
        if (!request.site().equals(site)) {
            throw new FleetException(FleetException.Reason.UNTRUSTED, "request is for another site: expected=" + site);
        }
        Standing standing = records.device(request.device()).map(Device::standing)
                .orElseThrow(() -> new FleetException(FleetException.Reason.UNKNOWN, "device is not known here"));
        if (standing == Standing.QUARANTINED) {
            throw new FleetException(FleetException.Reason.UNTRUSTED, "device is set aside");
        }
    }

    private boolean entitled(SigningRequest request, Optional<X509Certificate> presented) {
        if (request.token().isPresent()) {
            byte[] token = request.token().get().getBytes(StandardCharsets.UTF_8);
            return records.useClaim(request.device(), ContentDigest.of(token),
                    ContentDigest.of(request.key().getEncoded()));
        }
        return records.certificates(request.device()).stream().filter(known -> known.revoked().isEmpty())
                .anyMatch(known -> CertificateAuthority.certificate(known.der()).getPublicKey().equals(request.key())
                        || presented.map(CertificateAuthority::encoded)
                                .filter(der -> Arrays.equals(der, known.der())).isPresent());
    }

    private X509Certificate issue(SigningRequest request) {
        X509Certificate issued = authority.issueDevice(request.device(), request.key(), clock.instant());
        records.saveCertificate(new IssuedCertificate(CertificateAuthority.serialOf(issued), request.device(),
                CertificateAuthority.encoded(issued), issued.getNotAfter().toInstant(), Optional.empty()));
        Device device = records.device(request.device()).orElseThrow();
        if (device.standing() == Standing.CLAIMED) {
            records.saveDevice(new Device(device.id(), device.groups(), device.profile(), Standing.ENROLLED,
                    device.claimCounter(), ""));
        }
        return issued;
    }
}
