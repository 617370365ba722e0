package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.store.ContentDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The enrolment authority's answer to a certificate request: a chain or a refusal.
 *
 * @param request digest of the PKCS#10 bytes it answers
 * @param chain the device's certificate first, the pinned one of the authority last; empty in a refusal
 * @param refusal why not
 */
public record CertificateAnswer(ContentDigest request, List<X509Certificate> chain, Optional<String> refusal) {
    private static final int LIMIT = 64 << 10;

    /** Copies the chain; it is either a chain or a refusal. */
    public CertificateAnswer {
        chain = List.copyOf(chain);
        if (chain.isEmpty() == refusal.isEmpty()) {
            throw WireText.malformed("answer is neither a chain nor a refusal: certificates=" + chain.size());
        }
    }

    /** A certificate was issued. */
    public static CertificateAnswer issued(ContentDigest request, List<X509Certificate> chain) {
        return new CertificateAnswer(request, chain, Optional.empty());
    }

    /** No certificate. */
    public static CertificateAnswer refused(ContentDigest request, String why) {
        return new CertificateAnswer(request, List.of(), Optional.of(why));
    }

    /** The bytes on the wire. */
    public byte[] encode() {
        JsonObject json = JsonObject.of(Map.of()).with("request", request.hex());
        return JsonWriter.canonical(refusal.map(why -> json.with("refusal", why))
                .orElseGet(() -> json.with("chain", CertificateList.toJson(chain))));
    }

    /** Reads what {@link #encode} wrote. */
    public static CertificateAnswer of(byte[] message) {
        JsonFields fields = JsonFields.of(JsonReader.read(message, LIMIT), "certificate");
        ContentDigest request = WireText.digest(fields, "request");
        List<X509Certificate> chain = fields.has("chain") ? CertificateList.of(fields, "chain") : List.of();
        Optional<String> refusal = fields.optionalText("refusal", 1024);
        fields.end();
        return new CertificateAnswer(request, chain, refusal);
    }
}
