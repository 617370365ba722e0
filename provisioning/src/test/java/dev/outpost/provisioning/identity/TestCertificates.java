package dev.outpost.provisioning.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Signs X.509 certificates for tests, with the writer under test and the JDK as its judge. */
final class TestCertificates {
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    private TestCertificates() {}

    static X509Certificate sign(DeviceKey issuer, PublicKey subject, String name, Instant from, Instant until)
            throws GeneralSecurityException {
        byte[] algorithm = DerWriter.sequence(DerWriter.objectIdentifier("1.2.840.10045.4.3.2"));
        byte[] body = DerWriter.sequence(DerWriter.context(0, DerWriter.integer(2)), DerWriter.integer(4711), algorithm,
                name("authority"), DerWriter.sequence(time(from), time(until)), name(name), subject.getEncoded());
        byte[] der = DerWriter.sequence(body, algorithm, DerWriter.bitString(issuer.sign(body)));
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    }

    private static byte[] time(Instant at) {
        return DerWriter.element(0x18, UTC.format(at).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] name(String common) {
        return DerWriter.sequence(
                DerWriter.set(DerWriter.sequence(DerWriter.objectIdentifier("2.5.4.3"), DerWriter.utf8(common))));
    }
}
