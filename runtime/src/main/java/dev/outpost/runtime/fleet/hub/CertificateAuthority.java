package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.Pem;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Issues the certificates of a fleet: devices' for their requests, the broker's and hub's own. EC on P-256, JDK alone. The
 * authority's certificate is what claims pin, so a fleet keeps it for as long as it lives. Any thread.
 */
public final class CertificateAuthority {
    /** Kind of every certified key. */
    private static final String CURVE = "secp256r1";
    private static final Duration OWN_LIFE = Duration.ofDays(30 * 365L);
    /** A broker refuses every device once its revocation list has run out, so a list nearly never does. */
    private static final Duration LIST_LIFE = Duration.ofDays(3650);
    private static final Duration SERVER_LIFE = Duration.ofDays(825);
    /** Clocks of devices and brokers differ. */
    private static final Duration BACKDATED = Duration.ofHours(1);
    private static final String CERTIFICATE = FleetDirectory.CA + "/ca.pem";
    private static final String REVOKED = FleetDirectory.CA + "/revoked.crl";
    private static final String KEY_NAME = "ca-key";

    private final FleetDirectory directory;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private CertificateAuthority(FleetDirectory directory, X509Certificate certificate, PrivateKey key) {
        this.directory = directory;
        this.certificate = certificate;
        this.key = key;
    }

    /** Makes the authority of a new fleet. */
    static CertificateAuthority create(FleetDirectory directory, Instant now) {
        KeyPair pair = newKey();
        KeyFile.write(directory.path().resolve(FleetDirectory.CA), KEY_NAME, List.of(pair), Optional.empty());
        byte[] name = CertificateBody.name(directory.settings().site(), "outpost fleet authority");
        byte[] body = CertificateBody.certificate(serial(), name, name, now.minus(BACKDATED), now.plus(OWN_LIFE),
                pair.getPublic(), List.of(CertificateBody.authority(), CertificateBody.signsCertificates(),
                        CertificateBody.subjectKey(pair.getPublic()), CertificateBody.authorityKey(pair.getPublic())));
        X509Certificate own = certificate(CertificateBody.signed(body, sign(pair.getPrivate(), body)));
        AtomicFile.write(directory.storage(), CERTIFICATE, pem(List.of(own)));
        var authority = new CertificateAuthority(directory, own, pair.getPrivate());
        authority.writeRevocations(List.of(), now);
        return authority;
    }

    /** Opens a fleet's authority. */
    public static CertificateAuthority open(FleetDirectory directory) {
        byte[] pem = AtomicFile.read(directory.storage(), CERTIFICATE, 64 << 10).orElseThrow(
                () -> new FleetException(FleetException.Reason.NO_KEY, "the fleet has no certificate authority: file="
                        + directory.authorityCertificate()));
        KeyFile file = KeyFile.read(directory.path().resolve(FleetDirectory.CA).resolve(KEY_NAME + ".pem"),
                List.of("EC"));
        return new CertificateAuthority(directory, certificate(Pem.read("CERTIFICATE", pem).getFirst()),
                file.open(Optional.empty()).getFirst().getPrivate());
    }

    /** The authority's certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** What claims pin: SHA-256 of the authority's certificate, hexadecimal. */
    public String pin() {
        return ContentDigest.of(encoded(certificate)).hex();
    }

    /** A certificate for a device's key: it may connect as this device and nothing else. */
    X509Certificate issueDevice(String device, PublicKey deviceKey, Instant now) {
        return issue(device, deviceKey, now, directory.settings().certificateLife(), List.of(device),
                CertificateBody.CLIENT_AUTH);
    }

    /**
     * Makes a key and a certificate for a server or a client of the fleet's own: {@code ca/NAME.pem} (chain) and
     * {@code ca/NAME-key.pem} (PKCS#8); replaces earlier ones.
     *
     * @param hosts names and addresses it answers to; of a client its name alone
     * @param server whether it is a server's; a hub's is both
     */
    public X509Certificate issueOwn(String name, List<String> hosts, boolean server, Instant now) {
        KeyPair pair = newKey();
        X509Certificate issued = server
                ? issue(name, pair.getPublic(), now, SERVER_LIFE, hosts, CertificateBody.SERVER_AUTH,
                        CertificateBody.CLIENT_AUTH)
                : issue(name, pair.getPublic(), now, SERVER_LIFE, hosts, CertificateBody.CLIENT_AUTH);
        byte[] key = Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded()).getBytes(StandardCharsets.US_ASCII);
        AtomicFile.write(directory.storage(), FleetDirectory.CA + "/" + name + "-key.pem", key);
        AtomicFile.write(directory.storage(), FleetDirectory.CA + "/" + name + ".pem",
                pem(List.of(issued, certificate)));
        return issued;
    }

    /**
     * A certificate that no longer counts.
     *
     * @param serial its serial number, hexadecimal
     * @param at since when
     */
    record Revoked(String serial, Instant at) {}

    /** Replaces {@code ca/revoked.crl}, which the broker reads. */
    void writeRevocations(List<Revoked> revoked, Instant now) {
        List<byte[]> entries = new ArrayList<>();
        for (Revoked gone : revoked) {
            entries.add(CertificateBody.revoked(new BigInteger(gone.serial(), 16), gone.at()));
        }
        byte[] body = CertificateBody.revocationList(issuer(), now.minus(BACKDATED), now.plus(LIST_LIFE), entries,
                List.of(CertificateBody.authorityKey(certificate.getPublicKey()),
                        CertificateBody.listNumber(now.toEpochMilli())));
        byte[] list = CertificateBody.signed(body, sign(key, body));
        AtomicFile.write(directory.storage(), REVOKED,
                Pem.write("X509 CRL", list).getBytes(StandardCharsets.US_ASCII));
    }

    /** Where {@link #writeRevocations} writes, as a PEM file. */
    static String revocations() {
        return REVOKED;
    }

    /** The serial number as records keep it. */
    static String serialOf(X509Certificate issued) {
        return issued.getSerialNumber().toString(16);
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate cannot be encoded", e);
        }
    }

    private X509Certificate issue(String name, PublicKey subjectKey, Instant now, Duration life, List<String> hosts,
            String... purposes) {
        byte[] body = CertificateBody.certificate(serial(), issuer(),
                CertificateBody.name(directory.settings().site(), name), now.minus(BACKDATED), now.plus(life),
                subjectKey, List.of(CertificateBody.notAuthority(), CertificateBody.signsHandshakes(),
                        CertificateBody.usedFor(purposes), CertificateBody.answersTo(hosts),
                        CertificateBody.subjectKey(subjectKey),
                        CertificateBody.authorityKey(certificate.getPublicKey())));
        return certificate(CertificateBody.signed(body, sign(key, body)));
    }

    private byte[] issuer() {
        return certificate.getSubjectX500Principal().getEncoded();
    }

    private static byte[] pem(List<X509Certificate> chain) {
        return text(chain).getBytes(StandardCharsets.US_ASCII);
    }

    /** A chain as PEM. */
    static String text(List<X509Certificate> chain) {
        var text = new StringBuilder();
        chain.forEach(one -> text.append(Pem.write("CERTIFICATE", encoded(one))));
        return text.toString();
    }

    /** Reads {@link #text}. */
    static List<X509Certificate> chain(String pem) {
        return Pem.read("CERTIFICATE", pem.getBytes(StandardCharsets.US_ASCII)).stream()
                .map(CertificateAuthority::certificate).toList();
    }

    static X509Certificate certificate(byte[] der) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new FleetException(FleetException.Reason.UNTRUSTED, "not a certificate: bytes=" + der.length, e);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make an EC key: curve=" + CURVE, e);
        }
    }

    private static byte[] sign(PrivateKey key, byte[] body) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(body);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the authority's key cannot sign", e);
        }
    }

    /** 127 random bits, so that nobody can foresee what will be signed. */
    private static BigInteger serial() {
        return new BigInteger(127, new SecureRandom()).setBit(126);
    }

}
