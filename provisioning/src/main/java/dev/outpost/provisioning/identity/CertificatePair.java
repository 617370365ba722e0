package dev.outpost.provisioning.identity;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The device's key and a certificate chain for it.
 *
 * @param key the key
 * @param chain the device's certificate first
 */
public record CertificatePair(DeviceKey key, List<X509Certificate> chain) {
    /** Copies the chain. */
    public CertificatePair {
        chain = List.copyOf(chain);
    }

    /** The device's certificate. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }
}
