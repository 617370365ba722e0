package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.identity.CertificatePair;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.3 as this fleet does it: servers by the claim's pins, the device by its certificate. Without pins the system's
 * certificate authorities count. Each context is made anew, so that the next connection uses what is current. Any thread.
 *
 * @param pins SHA-256 digests (hex) from the claim; empty trusts the system's authorities
 * @param timeFloor the trusted time floor
 */
public record TlsMaterial(List<String> pins, Supplier<Instant> timeFloor) {

    /** Copies the pins. */
    public TlsMaterial {
        pins = List.copyOf(pins);
    }

    /**
     * A context for one connection.
     *
     * @param pair presented to servers that ask; empty before enrolment
     */
    public SSLContext context(Optional<CertificatePair> pair) {
        return context(pair, pins.isEmpty()
                ? null // the JDK's word for its own
                : new TrustManager[]{trust(pair)});
    }

    /** A context between devices of the site, for either side: any address, but only holders of its certificates. */
    public SSLContext peers(Optional<CertificatePair> pair) {
        return context(pair, new TrustManager[]{new PeerTrust(trust(pair))});
    }

    private PinnedTrust trust(Optional<CertificatePair> pair) {
        return new PinnedTrust(pins, pair.map(CertificatePair::chain).orElse(List.of()), timeFloor);
    }

    private static SSLContext context(Optional<CertificatePair> pair, TrustManager[] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            KeyManager[] keys = pair.map(known -> new KeyManager[]{new PresentedPair(known)})
                    .orElse(new KeyManager[0]);
            context.init(keys, trust, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS 1.3", e);
        }
    }
}
