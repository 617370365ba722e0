package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/**
 * A device key in a file of mode 0600: both halves as PEM, since the JDK cannot derive the public from the private one.
 *
 * @param publicKey the public half
 * @param privateKey the private half
 */
public record FileKey(PublicKey publicKey, PrivateKey privateKey) implements DeviceKey {
    /** Where the key lies. */
    static final String FILE = "identity/key.pem";
    private static final int LIMIT = 64 << 10;

    /** Opens the key, making one the first time; durable when it returns. */
    public static FileKey openOrCreate(Storage storage) {
        storage.makeDirectory(Storage.parent(FILE));
        Optional<FileKey> found = AtomicFile.read(storage, FILE, LIMIT).map(FileKey::parse);
        if (found.isPresent()) {
            return found.get();
        }
        FileKey made = generate();
        String pem = Pem.write("PRIVATE KEY", made.privateKey().getEncoded())
                + Pem.write("PUBLIC KEY", made.publicKey().getEncoded());
        AtomicFile.write(storage, FILE, pem.getBytes(StandardCharsets.US_ASCII));
        return made;
    }

    private static FileKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return new FileKey(pair.getPublic(), pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make an EC key on P-256", e);
        }
    }

    private static FileKey parse(byte[] pem) {
        List<byte[]> secret = Pem.read("PRIVATE KEY", pem);
        List<byte[]> open = Pem.read("PUBLIC KEY", pem);
        if (secret.size() != 1 || open.size() != 1) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "key file does not hold one key: file=" + FILE);
        }
        try {
            KeyFactory factory = KeyFactory.getInstance("EC");
            return new FileKey(factory.generatePublic(new X509EncodedKeySpec(open.getFirst())),
                    factory.generatePrivate(new PKCS8EncodedKeySpec(secret.getFirst())));
        } catch (GeneralSecurityException e) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "key file holds no EC key: file=" + FILE);
        }
    }

    /** Never prints the key. */
    @Override
    public String toString() {
        return "FileKey[" + FILE + "]";
    }
}
