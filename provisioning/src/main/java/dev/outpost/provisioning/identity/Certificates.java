package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The device's certificates: a new one is a candidate until a real connection with it succeeded, then takes over in one
 * write; the one before stays until the next proof. Dates are not judged here: an expired certificate may still enrol.
 *
 * <pre>
 * identity/certificates      {candidate, current, last}: numbers of chains, 0 = none
 * identity/chain-N.pem       a chain
 * </pre>
 */
public final class Certificates {
    private static final String STATE = "identity/certificates";
    private static final int STATE_LIMIT = 4096;
    private static final int CHAIN_LIMIT = 64 << 10;
    private static final int MAX_CHAIN = 8;

    private final Storage storage;
    private final DeviceKey key;
    private long candidate;
    private long current;
    private long last;

    private Certificates(Storage storage, DeviceKey key) {
        this.storage = storage;
        this.key = key;
        storage.makeDirectory("identity");
        storage.syncDirectory("identity");
        StoredJson.read(storage, STATE, STATE_LIMIT).ifPresent(json -> {
            JsonFields fields = JsonFields.of(json, "certificates");
            candidate = fields.whole("candidate", 0, JsonValue.JsonNumber.MAX_WHOLE);
            current = fields.whole("current", 0, JsonValue.JsonNumber.MAX_WHOLE);
            last = fields.whole("last", 0, JsonValue.JsonNumber.MAX_WHOLE);
        });
    }

    /** Opens the certificates of a key. */
    public static Certificates open(Storage storage, DeviceKey key) {
        return new Certificates(storage, key);
    }

    /** The certificate waiting for its proof. */
    public Optional<CertificatePair> candidate() {
        return read(candidate);
    }

    /** The proven certificate; falls back to the last good one when it cannot be read. */
    public Optional<CertificatePair> current() {
        return read(current).or(this::last);
    }

    /** The proven certificate before the current one. */
    public Optional<CertificatePair> last() {
        return read(last);
    }

    /**
     * Takes a chain as the candidate; durable when it returns.
     *
     * @throws RefusedException when it is not for this key or its links do not hold
     */
    public void offer(List<X509Certificate> chain) {
        requireChain(chain);
        long number = Math.max(candidate, Math.max(current, last)) + 1;
        StringBuilder pem = new StringBuilder();
        try {
            for (X509Certificate certificate : chain) {
                pem.append(Pem.write("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw mismatch("certificate cannot be encoded");
        }
        AtomicFile.write(storage, file(number), pem.toString().getBytes(StandardCharsets.US_ASCII));
        keep(number, current, last);
    }

    /** A connection with the candidate succeeded: it takes over; durable when it returns. */
    public void proven() {
        if (candidate != 0) {
            keep(0, candidate, current);
        }
    }

    /** The candidate does not connect: it is dropped; durable when it returns. */
    public void disproven() {
        keep(0, current, last);
    }

    private void keep(long nextCandidate, long nextCurrent, long nextLast) {
        StoredJson.write(storage, STATE, JsonObject.of(Map.of()).with("candidate", nextCandidate)
                .with("current", nextCurrent).with("last", nextLast));
        candidate = nextCandidate;
        current = nextCurrent;
        last = nextLast;
        for (String name : storage.list("identity")) {
            boolean chain = name.startsWith("chain-") && !List.of(file(candidate), file(current), file(last))
                    .contains("identity/" + name);
            if (chain) {
                storage.delete("identity/" + name);
                storage.syncDirectory("identity");
            }
        }
    }

    private void requireChain(List<X509Certificate> chain) {
        if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
            throw mismatch("chain is of the wrong length: certificates=" + chain.size());
        }
        if (!chain.getFirst().getPublicKey().equals(key.publicKey())) {
            throw mismatch("certificate is not for this device's key");
        }
        for (int i = 0; i + 1 < chain.size(); i++) {
            try {
                chain.get(i).verify(chain.get(i + 1).getPublicKey());
            } catch (GeneralSecurityException e) {
                throw mismatch("certificate is not signed by the next one: position=" + i);
            }
        }
    }

    private Optional<CertificatePair> read(long number) {
        if (number == 0) {
            return Optional.empty();
        }
        try {
            return AtomicFile.read(storage, file(number), CHAIN_LIMIT).map(pem -> new CertificatePair(key, parse(pem)));
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }

    private static List<X509Certificate> parse(byte[] pem) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (byte[] block : Pem.read("CERTIFICATE", pem)) {
                chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
            }
        } catch (GeneralSecurityException e) {
            throw mismatch("stored chain cannot be read");
        }
        if (chain.isEmpty()) {
            throw mismatch("stored chain is empty");
        }
        return chain;
    }

    private static String file(long number) {
        return "identity/chain-" + number + ".pem";
    }

    private static RefusedException mismatch(String what) {
        return new RefusedException(Refusal.CERTIFICATE_MISMATCH, what);
    }
}
