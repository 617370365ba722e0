package dev.outpost.provisioning.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/**
 * The device's key: EC on P-256, which every TLS stack, EST server and security chip knows. The private half never leaves
 * the device, and with a token never the token.
 */
public sealed interface DeviceKey permits FileKey, TokenKey {
    /** Signature scheme of {@link #sign}. */
    String SCHEME = "SHA256withECDSA";

    /** The public half. */
    PublicKey publicKey();

    /** A handle on the private half, for TLS; it may refuse to be encoded. */
    PrivateKey privateKey();

    /** Signs a message: certificate requests and reports. */
    default byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(SCHEME);
            signature.initSign(privateKey());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("device key cannot sign: scheme=" + SCHEME, e);
        }
    }
}
