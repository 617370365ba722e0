package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.Pem;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * Keys in a PEM file of mode 0600: for each key its public half (the JDK cannot derive it) and its private half as PKCS#8,
 * in the clear or under a passphrase (PBES2: PBKDF2 with HMAC-SHA-256, AES-256). What only names the key opens no private
 * half, so a locked stick can be looked at.
 */
record KeyFile(Path path, List<PublicKey> publicKeys, List<byte[]> privateKeys, boolean locked) {
    private static final String PUBLIC = "PUBLIC KEY";
    private static final String CLEAR = "PRIVATE KEY";
    private static final String LOCKED = "ENCRYPTED PRIVATE KEY";
    private static final String CIPHER = "PBEWithHmacSHA256AndAES_256";
    private static final String PBES2 = "PBES2";
    private static final int ITERATIONS = 600_000;
    private static final int LIMIT = 64 << 10;

    /** Writes keys; durable when it returns. Never replaces a file. */
    static void write(Path directory, String name, List<KeyPair> keys, Optional<char[]> passphrase) {
        var storage = new DirectoryStorage(directory);
        String file = name + ".pem";
        if (storage.exists(file)) {
            throw new FleetException(FleetException.Reason.EXISTS,
                    "a key is here already: file=" + directory.resolve(file));
        }
        var pem = new StringBuilder();
        for (KeyPair pair : keys) {
            pem.append(Pem.write(PUBLIC, pair.getPublic().getEncoded()));
            pem.append(passphrase
                    .map(secret -> Pem.write(LOCKED, lock(pair.getPrivate().getEncoded(), secret)))
                    .orElseGet(() -> Pem.write(CLEAR, pair.getPrivate().getEncoded())));
        }
        AtomicFile.write(storage, file, pem.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads the public halves; the private ones stay as they are. */
    static KeyFile read(Path path, List<String> algorithms) {
        byte[] pem = AtomicFile.read(new DirectoryStorage(path.toAbsolutePath().getParent()),
                path.getFileName().toString(), LIMIT)
                .orElseThrow(() -> new FleetException(FleetException.Reason.NO_KEY, "no such key: file=" + path));
        List<PublicKey> open = new ArrayList<>();
        for (byte[] encoded : Pem.read(PUBLIC, pem)) {
            open.add(publicKey(path, encoded, algorithms));
        }
        List<byte[]> locked = Pem.read(LOCKED, pem);
        List<byte[]> secret = locked.isEmpty() ? Pem.read(CLEAR, pem) : locked;
        if (open.isEmpty() || secret.size() != open.size()) {
            throw new FleetException(FleetException.Reason.NO_KEY, "not a key file: file=" + path);
        }
        return new KeyFile(path, open, secret, !locked.isEmpty());
    }

    /** {@code root-1} for {@code root-1.pem}. */
    String name() {
        return path.getFileName().toString().replaceFirst("\\.pem$", "");
    }

    /** The ids under which documents name the keys. */
    List<ContentDigest> ids() {
        return publicKeys.stream().map(key -> ContentDigest.of(key.getEncoded())).toList();
    }

    /** Opens the private halves. */
    List<KeyPair> open(Optional<char[]> passphrase) {
        if (locked && passphrase.isEmpty()) {
            throw new FleetException(FleetException.Reason.LOCKED, "the key is locked: file=" + path);
        }
        List<KeyPair> pairs = new ArrayList<>();
        for (int i = 0; i < publicKeys.size(); i++) {
            pairs.add(new KeyPair(publicKeys.get(i), privateKey(publicKeys.get(i), privateKeys.get(i), passphrase)));
        }
        return pairs;
    }

    /** Opens the private halves of keys that sign documents. */
    FleetSigner signer(Optional<char[]> passphrase) {
        List<DocumentSigner> signers = open(passphrase).stream()
                .map(pair -> new DocumentSigner(scheme(pair.getPublic()), pair)).toList();
        return new FleetSigner(name(), signers);
    }

    private static VerificationKey.Algorithm scheme(PublicKey key) {
        return key.getAlgorithm().startsWith("ML-DSA")
                ? VerificationKey.Algorithm.ML_DSA_65
                : VerificationKey.Algorithm.ED25519;
    }

    private static PublicKey publicKey(Path path, byte[] encoded, List<String> algorithms) {
        for (String algorithm : algorithms) {
            try {
                return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
            } catch (GeneralSecurityException otherKind) {
                continue;
            }
        }
        throw new FleetException(FleetException.Reason.NO_KEY, "key is of an unknown kind: file=" + path);
    }

    private PrivateKey privateKey(PublicKey half, byte[] encoded, Optional<char[]> passphrase) {
        try {
            byte[] clear = locked ? unlock(encoded, passphrase.orElseThrow()) : encoded;
            return KeyFactory.getInstance(half.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(clear));
        } catch (GeneralSecurityException | IOException e) {
            throw new FleetException(FleetException.Reason.LOCKED,
                    locked ? "the passphrase does not open the key: file=" + path : "not a key: file=" + path, e);
        }
    }

    private static byte[] lock(byte[] clear, char[] passphrase) {
        try {
            byte[] salt = new byte[16];
            new SecureRandom().nextBytes(salt);
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(Cipher.ENCRYPT_MODE, secret(passphrase), new PBEParameterSpec(salt, ITERATIONS));
            byte[] locked = cipher.doFinal(clear);
            AlgorithmParameters parameters = AlgorithmParameters.getInstance(PBES2);
            parameters.init(cipher.getParameters().getEncoded());
            return new EncryptedPrivateKeyInfo(parameters, locked).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JDK cannot lock a key: cipher=" + CIPHER, e);
        }
    }

    private static byte[] unlock(byte[] encoded, char[] passphrase) throws GeneralSecurityException, IOException {
        var locked = new EncryptedPrivateKeyInfo(encoded);
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(Cipher.DECRYPT_MODE, secret(passphrase), locked.getAlgParameters());
        return cipher.doFinal(locked.getEncryptedData());
    }

    private static SecretKey secret(char[] passphrase) throws GeneralSecurityException {
        return SecretKeyFactory.getInstance(CIPHER).generateSecret(new PBEKeySpec(passphrase));
    }

    /** Never prints a key. */
    @Override
    public String toString() {
        return "KeyFile[" + path + "]";
    }
}
