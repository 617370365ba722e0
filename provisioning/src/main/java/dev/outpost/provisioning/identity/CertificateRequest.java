package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.store.ContentDigest;

/**
 * A PKCS#10 certificate request (RFC 2986), made with the JDK and {@link DerWriter}: subject CN = device id,
 * serialNumber = board serial, OU = device profile, O = site; the claim's token as challengePassword (RFC 2985), as EST
 * expects it.
 *
 * @param der the signed request
 */
public record CertificateRequest(byte[] der) {
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String SERIAL_NUMBER = "2.5.4.5";
    private static final String ORGANISATION = "2.5.4.10";
    private static final String UNIT = "2.5.4.11";
    private static final String CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";

    /** Copies the bytes. */
    public CertificateRequest {
        der = der.clone();
    }

    @Override
    public byte[] der() {
        return der.clone();
    }

    /**
     * Who the certificate shall name.
     *
     * @param site the site
     * @param device the device id
     * @param serial the board's serial number; letters, digits and hyphens
     * @param profile the device profile
     */
    public record Subject(String site, String device, String serial, String profile) {}

    /**
     * Makes and signs a request.
     *
     * @param token the claim's one-time token; empty for a renewal
     */
    public static CertificateRequest sign(DeviceKey key, Subject subject, String token) {
        byte[] name = DerWriter.sequence(attribute(ORGANISATION, DerWriter.utf8(subject.site())),
                attribute(UNIT, DerWriter.utf8(subject.profile())),
                attribute(COMMON_NAME, DerWriter.utf8(subject.device())),
                attribute(SERIAL_NUMBER, DerWriter.printable(subject.serial())));
        byte[] challenge = token.isEmpty()
                ? new byte[0]
                : DerWriter.sequence(DerWriter.objectIdentifier(CHALLENGE_PASSWORD),
                        DerWriter.set(DerWriter.utf8(token)));
        byte[] body = DerWriter.sequence(DerWriter.integer(0), name, key.publicKey().getEncoded(),
                DerWriter.context(0, challenge));
        return new CertificateRequest(
                DerWriter.sequence(body, DerWriter.sequence(DerWriter.objectIdentifier(ECDSA_WITH_SHA256)),
                        DerWriter.bitString(key.sign(body))));
    }

    /** The request as PEM. */
    public String pem() {
        return Pem.write("CERTIFICATE REQUEST", der);
    }

    /** Digest of the request, so that an answer can be matched to it. */
    public ContentDigest digest() {
        return ContentDigest.of(der);
    }

    private static byte[] attribute(String type, byte[] value) {
        return DerWriter.set(DerWriter.sequence(DerWriter.objectIdentifier(type), value));
    }
}
