package dev.outpost.runtime.http.blocks;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Port: the authority behind {@code /.well-known/est}. Called by any of the listener's threads, which it may block. */
public interface Enrolment {
    /**
     * Judges a certificate request.
     *
     * @param request PKCS#10, DER; hostile until checked, at most 16 KiB
     * @param renewal whether it came to {@code simplereenroll}
     * @param client the certificate the connection was made with; empty without one
     * @return the chain, the new certificate first
     * @throws EnrolmentRefusedException when there is to be no certificate
     */
    List<X509Certificate> enrol(byte[] request, boolean renewal, Optional<X509Certificate> client)
            throws EnrolmentRefusedException;

    /** The authorities a device may trust, for {@code cacerts}. */
    List<X509Certificate> authorities();
}
