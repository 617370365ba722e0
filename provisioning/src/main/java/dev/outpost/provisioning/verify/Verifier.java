package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.FreshnessAnswer;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.store.ContentDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The order in which documents are checked: root chain, fleet document, release, agreement of the two. What a verified
 * document proves about time and versions raises the floors at once and durably. No wall clock is read anywhere.
 */
public final class Verifier {
    private final TrustState trust;
    private final Checks checks;
    private final DeviceFacts device;
    private final DocumentReading reading;
    private final SignatureCheck signatures;
    private final TargetMatch match;
    private Optional<String> nonce = Optional.empty();

    /**
     * @param trust root and floors of this device
     * @param device who this device is
     */
    public Verifier(TrustState trust, DeviceFacts device) {
        this(trust, device, Checks.all());
    }

    Verifier(TrustState trust, DeviceFacts device, Checks checks) {
        this.trust = trust;
        this.checks = checks;
        this.device = device;
        this.reading = new DocumentReading(checks);
        this.signatures = new SignatureCheck(checks);
        this.match = new TargetMatch(checks, device);
    }

    /** Who this device is. */
    public DeviceFacts device() {
        return device;
    }

    /** Follows root documents in order; steps taken before a refused one stay taken. */
    public void followRoots(List<byte[]> documents) {
        new RootChain(checks, trust).follow(documents);
    }

    /** Verifies a fleet document and raises its floor. */
    public VerifiedFleet fleet(byte[] document) {
        RootDocument root = usableRoot();
        SignedDocument envelope = reading.envelope(document, DocumentType.FLEET);
        signatures.require(envelope, root, DocumentType.FLEET.role());
        FleetDocument fleet = reading.payload(envelope, FleetDocument::of, FleetDocument::toJson);
        match.addressed(fleet.site(), fleet.addressee());
        String key = fleet.addressee().key();
        Mark mark = new Mark(fleet.version(), envelope.digest());
        notBelow(Check.FLEET_FLOOR, trust.fleetFloor(key), fleet.version(), "fleet " + key);
        notBelow(Check.ANNOUNCED_FLOOR, trust.floors().announced().getOrDefault(key, 0L), fleet.version(),
                "fleet " + key);
        sameContent(trust.floors().fleet().get(key), mark, "fleet " + key);
        reading.current(fleet.expires(), trust.timeFloor());
        trust.raise(trust.floors().withFleet(key, mark).withOnlineTime(fleet.issued()));
        return new VerifiedFleet(fleet, mark.digest());
    }

    /** Verifies a release against a verified fleet document and raises its floor. */
    public VerifiedUpdate update(VerifiedFleet fleet, byte[] document) {
        RootDocument root = usableRoot();
        SignedDocument envelope = reading.envelope(document, DocumentType.RELEASE);
        signatures.require(envelope, root, DocumentType.RELEASE.role());
        ReleaseManifest release = reading.payload(envelope, ReleaseManifest::of, ReleaseManifest::toJson);
        FleetTarget target = match.agreed(fleet.document(), release);
        match.suits(release);
        if (checks.on(Check.REVOKED) && root.revokes(release.line(), release.counter())) {
            throw new RefusedException(Refusal.RELEASE_REVOKED,
                    "release is revoked: line=" + release.line() + ", counter=" + release.counter());
        }
        Mark mark = new Mark(release.counter(), envelope.digest());
        if (!target.allowDowngradeTo().contains(release.counter())) {
            notBelow(Check.RELEASE_FLOOR, trust.releaseFloor(release.line()), release.counter(),
                    "release " + release.line());
        }
        sameContent(trust.floors().releases().get(release.line()), mark, "release " + release.line());
        reading.current(release.expires(), trust.timeFloor());
        trust.raise(trust.floors().withRelease(release.line(), mark).withOfflineTime(release.issued()));
        return new VerifiedUpdate(fleet, target, release, mark.digest());
    }

    /** Verifies the configuration file that a fleet document names. */
    public byte[] configuration(VerifiedFleet fleet, byte[] content) {
        ContentDigest wanted = fleet.document().configuration().orElseThrow(
                () -> new RefusedException(Refusal.NOT_WANTED, "fleet names no configuration"));
        if (checks.on(Check.CONFIGURATION_DIGEST) && !ContentDigest.of(content).equals(wanted)) {
            throw new RefusedException(Refusal.FILE_MISMATCH, "configuration is not the signed one: expected="
                    + wanted.hex() + ", found=" + ContentDigest.of(content).hex());
        }
        return content.clone();
    }

    /** Begins a freshness exchange: the random text to send. An earlier one no longer counts. */
    public String askFreshness() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        nonce = Optional.of(HexFormat.of().formatHex(random));
        return nonce.get();
    }

    /** Verifies the answer to the last question; what it announces becomes a floor for fleet documents. */
    public FreshnessReport freshness(byte[] document) {
        RootDocument root = usableRoot();
        SignedDocument envelope = reading.envelope(document, DocumentType.FRESHNESS);
        signatures.require(envelope, root, DocumentType.FRESHNESS.role());
        FreshnessAnswer answer = reading.payload(envelope, FreshnessAnswer::of, FreshnessAnswer::toJson);
        if (checks.on(Check.NONCE) && !nonce.equals(Optional.of(answer.nonce()))) {
            throw new RefusedException(Refusal.WRONG_NONCE, "answer is not to this device's last question");
        }
        nonce = Optional.empty();
        List<String> behind = new ArrayList<>();
        if (answer.rootVersion() > root.version()) {
            behind.add("root");
        }
        Floors raised = trust.floors().withOnlineTime(answer.issued());
        for (String key : addressees()) {
            long newest = answer.fleetVersions().getOrDefault(key, 0L);
            raised = newest > 0 ? raised.withAnnounced(key, newest) : raised;
            if (newest > trust.fleetFloor(key)) {
                behind.add("fleet " + key);
            }
        }
        answer.releases().forEach((line, counter) -> {
            if (trust.releaseFloor(line) > 0 && counter > trust.releaseFloor(line)) {
                behind.add("release " + line);
            }
        });
        trust.raise(raised);
        return new FreshnessReport(behind);
    }

    /**
     * Verifies a command. Its counter is not used up by that, so that a command may come again until it is obeyed:
     * call {@link #obey} before acting on it.
     */
    public Command command(byte[] document) {
        RootDocument root = usableRoot();
        SignedDocument envelope = reading.envelope(document, DocumentType.COMMAND);
        signatures.require(envelope, root, DocumentType.COMMAND.role());
        Command command = reading.payload(envelope, Command::of, Command::toJson);
        match.addressed(command.site(), new Addressee.Device(command.device()));
        command.notAfterFloor().ifPresent(until -> reading.current(until, trust.timeFloor()));
        return command;
    }

    /**
     * Uses up a command's counter; durable when it returns, so that no restart obeys it twice.
     *
     * @throws RefusedException with {@code replayed} when this counter or a later one was used before
     */
    public void obey(Command command) {
        trust.useCounter("command", command.counter());
    }

    private List<String> addressees() {
        List<String> keys = new ArrayList<>();
        keys.add(new Addressee.Device(device.device()).key());
        device.groups().forEach(group -> keys.add(new Addressee.Group(group).key()));
        return keys;
    }

    /** The root must not have expired by what the offline roles say; an online key cannot age it. */
    private RootDocument usableRoot() {
        RootDocument root = trust.root().orElseThrow(
                () -> new RefusedException(Refusal.TOO_FEW_SIGNATURES, "no root is installed on this device"));
        reading.current(root.expires(), trust.floors().offlineTime());
        return root;
    }

    private void notBelow(Check check, long floor, long version, String what) {
        if (checks.on(check) && version < floor) {
            throw new RefusedException(Refusal.OLDER_THAN_FLOOR,
                    "older than verified before: what=" + what + ", floor=" + floor + ", found=" + version);
        }
    }

    private void sameContent(Mark before, Mark now, String what) {
        boolean changed = before != null && before.version() == now.version() && !before.digest().equals(now.digest());
        if (changed && checks.on(Check.SAME_VERSION_SAME_CONTENT)) {
            throw new RefusedException(Refusal.CHANGED_WITHOUT_VERSION,
                    "same version with other content: what=" + what + ", version=" + now.version());
        }
    }
}
