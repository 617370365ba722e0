package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.DeviceKey;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.store.ContentDigest;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * What a device says under its own key, so that neither a broker nor another device can say it: a {@link DeviceReport}
 * or a {@link FailNotice}. Dates of certificates are not judged: a device may have been offline for long.
 *
 * @param payload what was signed
 * @param signature ECDSA with SHA-256 over the canonical payload
 * @param chain the device's certificate first, the pinned authority last
 */
public record SignedReport(JsonObject payload, byte[] signature, List<X509Certificate> chain) {
    /** Most bytes of a signed report. */
    public static final int MAX_BYTES = 128 << 10;

    /** Copies both. */
    public SignedReport {
        signature = signature.clone();
        chain = List.copyOf(chain);
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    /** Signs a payload with a device's key. */
    public static SignedReport sign(JsonObject payload, CertificatePair pair) {
        return new SignedReport(payload, pair.key().sign(JsonWriter.canonical(payload)), pair.chain());
    }

    /** The bytes on the wire. */
    public byte[] encode() {
        return JsonWriter.canonical(JsonObject.of(Map.of("payload", payload))
                .with("signature", Base64.getEncoder().encodeToString(signature))
                .with("chain", CertificateList.toJson(chain)));
    }

    /** Reads what {@link #encode} wrote; nothing is verified yet. */
    public static SignedReport of(byte[] message) {
        JsonFields fields = JsonFields.of(JsonReader.read(message, MAX_BYTES), "report");
        if (!(fields.value("payload") instanceof JsonObject payload)) {
            throw WireText.malformed("payload is not an object");
        }
        SignedReport report = new SignedReport(payload,
                WireText.base64(fields.text("signature", 1024), "signature"), CertificateList.of(fields, "chain"));
        fields.end();
        return report;
    }

    /**
     * The payload, if this device said it.
     *
     * @param pins SHA-256 digests (hex) of the authority's certificates
     * @param site the site whose topic it came on
     * @param device the device whose topic it came on
     * @throws RefusedException when the chain or the signature does not hold, or it is another's
     */
    public JsonObject verified(Collection<String> pins, String site, String device) {
        requireChain(pins);
        X509Certificate own = chain.getFirst();
        require(site.equals(attribute(own, "O")), Refusal.WRONG_SITE, "certificate is of another site: expected="
                + site);
        require(device.equals(attribute(own, "CN")), Refusal.WRONG_DEVICE,
                "certificate is of another device: expected=" + device);
        require(signed(own.getPublicKey()), Refusal.TOO_FEW_SIGNATURES, "report is not signed by its device: device="
                + device);
        return payload;
    }

    private void requireChain(Collection<String> pins) {
        require(!chain.isEmpty(), Refusal.CERTIFICATE_MISMATCH, "report carries no certificate");
        try {
            require(pins.contains(ContentDigest.of(chain.getLast().getEncoded()).hex()), Refusal.CERTIFICATE_MISMATCH,
                    "chain does not lead to a pinned authority");
            for (int i = 0; i + 1 < chain.size(); i++) {
                require(chain.get(i + 1).getBasicConstraints() >= 0, Refusal.CERTIFICATE_MISMATCH,
                        "chain passes through a certificate that is no authority's: position=" + (i + 1));
                chain.get(i).verify(chain.get(i + 1).getPublicKey());
            }
        } catch (CertificateEncodingException e) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "certificate cannot be encoded");
        } catch (GeneralSecurityException e) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "chain does not hold");
        }
    }

    private boolean signed(PublicKey key) {
        try {
            Signature verifier = Signature.getInstance(DeviceKey.SCHEME);
            verifier.initVerify(key);
            verifier.update(JsonWriter.canonical(payload));
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    private static String attribute(X509Certificate certificate, String type) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase(type)) {
                    return String.valueOf(part.getValue());
                }
            }
        } catch (InvalidNameException e) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "certificate's subject cannot be read");
        }
        return "";
    }

    private static void require(boolean holds, Refusal code, String otherwise) {
        if (!holds) {
            throw new RefusedException(code, otherwise);
        }
    }
}
