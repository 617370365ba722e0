package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.store.ContentDigest;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts servers whose chain leads to a certificate that the claim pins. Paths are validated at the trusted time floor,
 * moved up to where all of the chain is valid: a wrong clock changes nothing, and what has provably expired is refused.
 * The host's name is checked by the JDK, which wraps a plain trust manager such as this.
 */
final class PinnedTrust implements X509TrustManager {
    private final Set<String> pins;
    private final Collection<X509Certificate> known;
    private final Supplier<Instant> timeFloor;

    /**
     * @param pins SHA-256 digests (hex) of trusted certificates
     * @param known certificates at hand, so that a server need not send the pinned one
     * @param timeFloor the trusted time floor
     */
    PinnedTrust(Collection<String> pins, Collection<X509Certificate> known, Supplier<Instant> timeFloor) {
        this.pins = Set.copyOf(pins);
        this.known = List.copyOf(known);
        this.timeFloor = timeFloor;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        List<X509Certificate> sent = Arrays.asList(chain);
        if (sent.isEmpty()) {
            throw new CertificateException("server sent no certificate");
        }
        for (int length = 0; length <= sent.size(); length++) {
            Optional<X509Certificate> anchor = anchor(sent, length);
            if (anchor.isPresent()) {
                validate(sent.subList(0, length), anchor.get());
                return;
            }
        }
        throw new CertificateException("server's chain does not lead to a pinned certificate: certificates="
                + sent.size() + ", pins=" + pins.size());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this device is nobody's server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    /** The pinned certificate on which the first {@code length} certificates stand. */
    private Optional<X509Certificate> anchor(List<X509Certificate> sent, int length) {
        if (length < sent.size() && pinned(sent.get(length))) {
            return Optional.of(sent.get(length));
        }
        return length == 0
                ? Optional.empty()
                : known.stream().filter(this::pinned).filter(authority -> authority.getSubjectX500Principal()
                        .equals(sent.get(length - 1).getIssuerX500Principal())).findFirst();
    }

    private boolean pinned(X509Certificate certificate) {
        try {
            return pins.contains(ContentDigest.of(certificate.getEncoded()).hex());
        } catch (CertificateException unreadable) {
            return false;
        }
    }

    private void validate(List<X509Certificate> path, X509Certificate anchor) throws CertificateException {
        Instant at = timeFloor.get();
        for (X509Certificate certificate : path) {
            Instant from = certificate.getNotBefore().toInstant();
            at = from.isAfter(at) ? from : at;
        }
        if (path.isEmpty()) {
            if (anchor.getNotAfter().toInstant().isBefore(at)) {
                throw new CertificateExpiredException("server's certificate has expired: until="
                        + anchor.getNotAfter().toInstant() + ", floor=" + at);
            }
            return;
        }
        try {
            var parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            CertPathValidator.getInstance("PKIX").validate(
                    CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("server's chain does not hold: " + e.getMessage(), e);
        }
    }
}
