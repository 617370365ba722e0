package dev.outpost.runtime.fleet.hub;

import static dev.outpost.provisioning.identity.DerWriter.bitString;
import static dev.outpost.provisioning.identity.DerWriter.context;
import static dev.outpost.provisioning.identity.DerWriter.element;
import static dev.outpost.provisioning.identity.DerWriter.integer;
import static dev.outpost.provisioning.identity.DerWriter.objectIdentifier;
import static dev.outpost.provisioning.identity.DerWriter.sequence;
import static dev.outpost.provisioning.identity.DerWriter.set;
import static dev.outpost.provisioning.identity.DerWriter.utf8;

import dev.outpost.provisioning.store.ContentDigest;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The DER forms of X.509 certificates and revocation lists (RFC 5280), without their signature. */
final class CertificateBody {
    private static final int BOOLEAN = 0x01;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALISED_TIME = 0x18;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;
    private static final int KEY_IDENTIFIER = 0x80;
    private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LONG = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    static final byte[] SIGNATURE_ALGORITHM = sequence(objectIdentifier(SigningRequest.ECDSA_WITH_SHA256));
    static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private CertificateBody() {}

    /** A name: organisation and common name. */
    static byte[] name(String organisation, String commonName) {
        return sequence(
                set(sequence(objectIdentifier(SigningRequest.ORGANISATION), utf8(organisation))),
                set(sequence(objectIdentifier(SigningRequest.COMMON_NAME), utf8(commonName))));
    }

    /** A certificate to be signed, version 3. */
    static byte[] certificate(BigInteger serial, byte[] issuer, byte[] subject, Instant from, Instant until,
            PublicKey key, List<byte[]> extensions) {
        return sequence(context(0, integer(2)), integer(serial), SIGNATURE_ALGORITHM, issuer,
                sequence(time(from), time(until)), subject, key.getEncoded(), context(3, list(extensions)));
    }

    /** A revocation list to be signed, version 2. */
    static byte[] revocationList(byte[] issuer, Instant from, Instant until, List<byte[]> entries,
            List<byte[]> extensions) {
        byte[] head = join(integer(1), SIGNATURE_ALGORITHM, issuer, time(from), time(until));
        byte[] revoked = entries.isEmpty() ? new byte[0] : list(entries);
        return sequence(head, revoked, context(0, list(extensions)));
    }

    /** One revoked certificate. */
    static byte[] revoked(BigInteger serial, Instant at) {
        return sequence(integer(serial), time(at));
    }

    /** The whole of a signed thing. */
    static byte[] signed(byte[] body, byte[] signature) {
        return sequence(body, SIGNATURE_ALGORITHM, bitString(signature));
    }

    static byte[] authority() {
        return extension("2.5.29.19", true, sequence(element(BOOLEAN, new byte[]{-1}), integer(0)));
    }

    static byte[] notAuthority() {
        return extension("2.5.29.19", true, sequence());
    }

    /** May sign certificates and revocation lists: bits 5 and 6. */
    static byte[] signsCertificates() {
        return extension("2.5.29.15", true, element(BIT_STRING, new byte[]{1, 0x06}));
    }

    /** May sign in a handshake: bit 0. */
    static byte[] signsHandshakes() {
        return extension("2.5.29.15", true, element(BIT_STRING, new byte[]{7, (byte) 0x80}));
    }

    static byte[] usedFor(String... purposes) {
        List<byte[]> identifiers = new ArrayList<>();
        Arrays.stream(purposes).forEach(purpose -> identifiers.add(objectIdentifier(purpose)));
        return extension("2.5.29.37", false, list(identifiers));
    }

    /** Host names and addresses the subject answers to. */
    static byte[] answersTo(List<String> hosts) {
        List<byte[]> names = new ArrayList<>();
        for (String host : hosts) {
            names.add(isAddress(host)
                    ? element(IP_ADDRESS, address(host))
                    : element(DNS_NAME, host.getBytes(StandardCharsets.US_ASCII)));
        }
        return extension("2.5.29.17", false, list(names));
    }

    static byte[] subjectKey(PublicKey key) {
        return extension("2.5.29.14", false, element(OCTET_STRING, keyIdentifier(key)));
    }

    static byte[] authorityKey(PublicKey key) {
        return extension("2.5.29.35", false, sequence(element(KEY_IDENTIFIER, keyIdentifier(key))));
    }

    static byte[] listNumber(long number) {
        return extension("2.5.29.20", false, integer(number));
    }

    /** The leftmost 160 bits of SHA-256 over the key's bits (RFC 7093, method 1). */
    static byte[] keyIdentifier(PublicKey key) {
        DerReader info = DerReader.of(key.getEncoded()).enter(DerReader.SEQUENCE);
        info.raw(DerReader.SEQUENCE);
        return Arrays.copyOf(ContentDigest.of(info.bitString()).bytes(), 20);
    }

    private static byte[] extension(String type, boolean critical, byte[] value) {
        byte[] content = element(OCTET_STRING, value);
        return critical
                ? sequence(objectIdentifier(type), element(BOOLEAN, new byte[]{-1}), content)
                : sequence(objectIdentifier(type), content);
    }

    private static byte[] time(Instant at) {
        return at.isBefore(YEAR_2050)
                ? element(UTC_TIME, SHORT.format(at).getBytes(StandardCharsets.US_ASCII))
                : element(GENERALISED_TIME, LONG.format(at).getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean isAddress(String host) {
        return host.contains(":") || host.matches("[0-9.]+");
    }

    private static byte[] address(String host) {
        try {
            return InetAddress.ofLiteral(host).getAddress();
        } catch (IllegalArgumentException e) {
            throw new FleetException(FleetException.Reason.INPUT, "not a host or address: host=" + host, e);
        }
    }

    private static byte[] list(List<byte[]> elements) {
        return sequence(elements.toArray(byte[][]::new));
    }

    private static byte[] join(byte[]... parts) {
        return DerReader.of(sequence(parts)).content(DerReader.SEQUENCE);
    }
}
