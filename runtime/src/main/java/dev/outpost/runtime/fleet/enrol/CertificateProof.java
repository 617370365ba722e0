package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.identity.CertificatePair;

/** Port: whether a real connection with a certificate succeeds. May block up to its own deadline. */
public interface CertificateProof {

    /** Connects with the pair, and with nothing else. */
    boolean holds(CertificatePair pair);
}
