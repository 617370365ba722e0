package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.Certificates;
import dev.outpost.provisioning.identity.Claim;
import dev.outpost.provisioning.identity.ClaimFile;
import dev.outpost.provisioning.identity.DeviceKey;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.TrustState;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The claim that binds this device to a fleet, its key and its certificates. What is read is a snapshot and may be read
 * by any thread; {@link #offer}, {@link #proven} and {@link #disproven} write and are called by the one thread that
 * owns the state directory.
 */
public final class DeviceIdentity {
    private static final Logger LOG = System.getLogger(DeviceIdentity.class.getName());

    private final Claim claim;
    private final DeviceKey key;
    private final Certificates certificates;
    private volatile Optional<CertificatePair> current;
    private volatile Optional<CertificatePair> candidate;

    private DeviceIdentity(Claim claim, DeviceKey key, Certificates certificates) {
        this.claim = claim;
        this.key = key;
        this.certificates = certificates;
        look();
    }

    /**
     * Accepts a claim, if there is one to accept, and opens what an accepted one stands for. A claim that is refused is
     * logged and changes nothing.
     *
     * @param document the claim file's content
     * @param device this device's id
     * @param key opens or makes the device's key; asked only when there is an accepted claim
     * @return empty on a device that no fleet has claimed
     */
    public static Optional<DeviceIdentity> open(Storage storage, TrustState trust, Optional<byte[]> document,
            String device, Supplier<DeviceKey> key) {
        var file = new ClaimFile(storage, trust);
        document.ifPresent(bytes -> accept(file, bytes, device));
        return file.current().filter(claim -> {
            boolean ours = claim.device().equals(device);
            if (!ours) {
                LOG.log(Level.WARNING, "accepted claim is for another device: expected={0}, found={1}", device,
                        claim.device());
            }
            return ours;
        }).map(claim -> {
            DeviceKey opened = key.get();
            return new DeviceIdentity(claim, opened, Certificates.open(storage, opened));
        });
    }

    /** The accepted claim. */
    public Claim claim() {
        return claim;
    }

    /** The device's key. */
    public DeviceKey key() {
        return key;
    }

    /** The proven certificate, else the last good one. */
    public Optional<CertificatePair> current() {
        return current;
    }

    /** The certificate that waits for its proof. */
    public Optional<CertificatePair> candidate() {
        return candidate;
    }

    /**
     * Takes a chain as the candidate.
     *
     * @throws RefusedException when it is not for this key, does not hold, or leads to no pinned authority
     */
    void offer(List<X509Certificate> chain) {
        if (!claim.pins().isEmpty() && chain.stream().noneMatch(this::pinned)) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH,
                    "chain leads to no pinned authority: certificates=" + chain.size());
        }
        certificates.offer(chain);
        look();
    }

    void proven() {
        certificates.proven();
        look();
    }

    void disproven() {
        certificates.disproven();
        look();
    }

    private void look() {
        current = certificates.current();
        candidate = certificates.candidate();
    }

    private boolean pinned(X509Certificate certificate) {
        try {
            return claim.pins().contains(ContentDigest.of(certificate.getEncoded()).hex());
        } catch (CertificateEncodingException unreadable) {
            return false;
        }
    }

    private static void accept(ClaimFile file, byte[] document, String device) {
        try {
            Claim accepted = file.accept(document, device);
            LOG.log(Level.INFO, "claim accepted: site={0}, device={1}, counter={2}", accepted.site(),
                    accepted.device(), Long.toString(accepted.counter()));
        } catch (RefusedException e) {
            LOG.log(Level.WARNING, "claim refused: code={0}, {1}", e.code().word(), e.getMessage());
        }
    }
}
