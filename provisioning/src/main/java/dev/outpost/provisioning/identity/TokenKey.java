package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;

/**
 * A device key that a key store holds: a TPM or smart card through the JDK's PKCS#11 provider (a key store of type
 * {@code PKCS11}), made there by the token's own tool together with a self-signed certificate that names it.
 *
 * @param publicKey the public half
 * @param privateKey a handle on the private half
 */
public record TokenKey(PublicKey publicKey, PrivateKey privateKey) implements DeviceKey {
    /**
     * Takes the key from a loaded key store.
     *
     * @param alias the entry's name
     * @param pin what opens the entry; not kept
     */
    public static TokenKey of(KeyStore store, String alias, char[] pin) {
        try {
            if (store.getKey(alias, pin) instanceof PrivateKey key && store.getCertificate(alias) != null) {
                return new TokenKey(store.getCertificate(alias).getPublicKey(), key);
            }
        } catch (GeneralSecurityException e) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "token does not give the key: alias=" + alias);
        }
        throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "token holds no such key: alias=" + alias);
    }

    /** Never prints the key. */
    @Override
    public String toString() {
        return "TokenKey[" + privateKey.getAlgorithm() + "]";
    }
}
