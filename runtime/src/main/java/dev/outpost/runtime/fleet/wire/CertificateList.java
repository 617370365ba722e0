package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A chain of certificates on the wire: base64 DER, the device's own first. */
final class CertificateList {
    private static final int MOST = 8;
    private static final int TEXT_LIMIT = 16 << 10;

    private CertificateList() {}

    static JsonArray toJson(List<X509Certificate> chain) {
        List<String> texts = new ArrayList<>();
        try {
            for (X509Certificate certificate : chain) {
                texts.add(Base64.getEncoder().encodeToString(certificate.getEncoded()));
            }
        } catch (CertificateException e) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "certificate cannot be encoded");
        }
        return JsonArray.ofTexts(texts);
    }

    static List<X509Certificate> of(JsonFields fields, String name) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (String text : fields.texts(name, MOST, TEXT_LIMIT)) {
                chain.add((X509Certificate) factory
                        .generateCertificate(new ByteArrayInputStream(WireText.base64(text, name))));
            }
        } catch (CertificateException e) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "not a certificate: member=" + name);
        }
        return chain;
    }
}
