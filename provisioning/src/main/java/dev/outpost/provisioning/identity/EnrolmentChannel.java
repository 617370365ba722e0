package dev.outpost.provisioning.identity;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Port: carries a certificate request to the enrolment authority and its answer back, over EST, MQTT or a stick.
 * Implemented in {@code runtime}; may block up to its own deadline.
 */
public interface EnrolmentChannel {
    /** A word for logs, such as {@code est}. */
    String name();

    /**
     * Sends a request.
     *
     * @return the chain, the device's certificate first
     * @throws EnrolmentFailedException when nobody answered, or the authority said no
     */
    List<X509Certificate> enrol(CertificateRequest request) throws EnrolmentFailedException;
}
