package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RoleKeys;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.manifest.VerificationKey.Algorithm;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The attacks on signed documents, grouped by what they aim at. Documents are signed once and reused. */
final class Attacks {
    private final TrustFixture fixture;
    private final List<Attack> all = new ArrayList<>();
    private final byte[] fleetOne;
    private final byte[] releaseOne;

    Attacks(TrustFixture fixture) {
        this.fixture = fixture;
        this.fleetOne = fleet(TrustFixture.fleet(1, TrustFixture.release(1)));
        this.releaseOne = release(TrustFixture.release(1));
        onForm();
        onSignatures();
        onRoots();
        onVersions();
        onTargets();
        onTime();
    }

    List<Attack> all() {
        return all;
    }

    private void onForm() {
        JsonObject payload = TrustFixture.fleet(1, TrustFixture.release(1)).toJson();
        byte[] padded = pad(fleetOne, SignedDocument.MAX_BYTES + 1);
        offersFleet("endless data: a document above 64 KiB", Check.SIZE, Refusal.DOCUMENT_TOO_LARGE, padded);
        byte[] spaced = new String(fleetOne, StandardCharsets.UTF_8).replaceFirst(":", ": ")
                .getBytes(StandardCharsets.UTF_8);
        offersFleet("same signature over other bytes: blanks added", Check.CANONICAL_FORM, Refusal.NOT_CANONICAL,
                spaced);
        offersFleet("extraneous member in a signed document", Check.NOTHING_UNREAD, Refusal.UNKNOWN_MEMBER,
                fixture.signed(payload.with("runAlso", "rm -rf /"), Role.FLEET));
        offersFleet("format downgrade: an older format version", Check.DOCUMENT_TYPE, Refusal.WRONG_DOCUMENT_TYPE,
                fixture.signed(payload.with("type", "outpost/fleet/0"), Role.FLEET));
        offersFleet("unsigned document", Check.SIGNED, Refusal.TOO_FEW_SIGNATURES,
                new SignedDocument(payload, List.of()).encode());
    }

    /** Pads with signatures of unknown keys: canonical, well signed by the real key, only too long. */
    private byte[] pad(byte[] document, int bytes) {
        SignedDocument envelope = new DocumentReading(Checks.all()).envelope(document,
                DocumentType.FLEET);
        List<SignedDocument.Signature> signatures = new ArrayList<>(envelope.signatures());
        while (new SignedDocument(envelope.payload(), signatures).encode().length < bytes) {
            signatures.add(new SignedDocument.Signature(ContentDigest.of(new byte[]{(byte) signatures.size()}),
                    new byte[6000]));
        }
        return new SignedDocument(envelope.payload(), signatures).encode();
    }

    private void onSignatures() {
        ReleaseManifest release = TrustFixture.release(1);
        JsonObject payload = release.toJson();
        SignedDocument good = DocumentSigner.sign(payload, fixture.keys(Role.RELEASE, 3));
        offersRelease("arbitrary software: content changed after signing", Check.SIGNATURE_VALUE,
                Refusal.TOO_FEW_SIGNATURES, new SignedDocument(payload.with("title", "Press assistent"),
                        good.signatures()).encode());
        offersRelease("bit flip in each signature", Check.SIGNATURE_VALUE, Refusal.TOO_FEW_SIGNATURES, flipped(good));
        List<SignedDocument.Signature> forged = new ArrayList<>();
        for (DocumentSigner real : fixture.keys(Role.RELEASE, 3)) {
            SignedDocument.Signature other = DocumentSigner
                    .sign(payload, TrustFixture.single(real.algorithm())).signatures().getFirst();
            forged.add(new SignedDocument.Signature(real.id(), other.bytes()));
        }
        offersRelease("wrong key: the attacker's signatures under the real key ids", Check.SIGNATURE_VALUE,
                Refusal.TOO_FEW_SIGNATURES, new SignedDocument(payload, forged).encode());
        offersRelease("wrong role: a release signed by the stolen online fleet keys", Check.SIGNER_OF_ROLE,
                Refusal.TOO_FEW_SIGNATURES, DocumentSigner.sign(payload, fixture.keys(Role.FLEET, 3)).encode());
        offersRelease("below threshold: two of three release signers", Check.THRESHOLD, Refusal.TOO_FEW_SIGNATURES,
                DocumentSigner.sign(payload, fixture.keys(Role.RELEASE, 2)).encode());
        DocumentSigner third = fixture.signers.get(Role.RELEASE).get(2).getFirst();
        offersRelease("one stolen key signs three times", Check.SIGNER_COUNTED_ONCE, Refusal.TOO_FEW_SIGNATURES,
                DocumentSigner.sign(payload, List.of(third, third, third)).encode());
        List<DocumentSigner> classicalRoots = fixture.keys(Role.ROOT, 2).stream()
                .filter(key -> key.algorithm() == Algorithm.ED25519).toList();
        followsRoot("scheme downgrade: a root signed with Ed25519 alone", Check.EVERY_KEY_OF_SIGNER,
                Refusal.TOO_FEW_SIGNATURES, DocumentSigner.sign(fixture.root(2).toJson(), classicalRoots).encode());
    }

    private void onRoots() {
        Map<Role, List<List<DocumentSigner>>> stolen = new EnumMap<>(fixture.signers);
        stolen.put(Role.ROOT, List.of(TrustFixture.hybrid(), TrustFixture.hybrid(), TrustFixture.hybrid()));
        JsonObject takeover = TrustFixture.root(2, stolen, new TreeMap<>()).toJson();
        List<DocumentSigner> attackers = stolen.get(Role.ROOT).subList(0, 2).stream().flatMap(List::stream).toList();
        followsRoot("takeover: a new root signed by its own keys only", Check.ROOT_BY_OLD_SIGNERS,
                Refusal.TOO_FEW_SIGNATURES, DocumentSigner.sign(takeover, attackers).encode());
        followsRoot("lock-out: a new root whose own keys never signed", Check.ROOT_BY_NEW_SIGNERS,
                Refusal.TOO_FEW_SIGNATURES, DocumentSigner.sign(takeover, fixture.keys(Role.ROOT, 2)).encode());
        followsRoot("skipped rotation: root 3 after root 1", Check.ROOT_STEP, Refusal.ROOT_NOT_NEXT,
                fixture.signed(fixture.root(3).toJson(), Role.ROOT));
        byte[] two = fixture.signed(fixture.root(2).toJson(), Role.ROOT);
        all.add(new Attack("endless root chain", Check.ROOT_CHAIN_LENGTH, Refusal.ROOT_CHAIN_TOO_LONG, device -> {
            try {
                device.verifier().followRoots(Collections.nCopies(RootChain.MAX_STEPS + 1, two));
            } catch (RefusedException refused) {
                if (device.trust().root().orElseThrow().version() == 1) {
                    throw refused;
                }
            }
            return device.trust().root().orElseThrow().version() > 1;
        }));
        inconsistentRoots();
    }

    private void inconsistentRoots() {
        RootDocument good = fixture.root(2);
        DocumentSigner key = fixture.signers.get(Role.FLEET).getFirst().getFirst();
        Map<ContentDigest, VerificationKey> twice = new HashMap<>(good.keys());
        ContentDigest alias = ContentDigest.of(new byte[]{1});
        twice.put(alias, key.verificationKey());
        badRoot("one key under two ids", twice, good.roles());
        badRoot("one key for two signers", good.keys(),
                with(good, Role.FLEET, new RoleKeys(2, List.of(List.of(key.id()), List.of(key.id())))));
        badRoot("one key for two roles", good.keys(),
                with(good, Role.OWNER, new RoleKeys(1, List.of(List.of(key.id())))));
        badRoot("release by a single signer", good.keys(),
                with(good, Role.RELEASE, new RoleKeys(1, good.role(Role.RELEASE).signers())));
        badRoot("threshold nobody can reach", good.keys(),
                with(good, Role.FRESHNESS, new RoleKeys(2, good.role(Role.FRESHNESS).signers())));
        Map<Role, RoleKeys> missing = new EnumMap<>(good.roles());
        missing.remove(Role.FLEET);
        badRoot("a role is missing", good.keys(), missing);
    }

    private void badRoot(String name, Map<ContentDigest, VerificationKey> keys, Map<Role, RoleKeys> roles) {
        RootDocument root = new RootDocument(2, TrustFixture.NOW, TrustFixture.LATER, keys, roles, new TreeMap<>());
        followsRoot("careless root: " + name, Check.ROOT_CONSISTENT, Refusal.ROOT_INCONSISTENT,
                fixture.signed(root.toJson(), Role.ROOT));
    }

    private static Map<Role, RoleKeys> with(RootDocument root, Role role, RoleKeys keys) {
        Map<Role, RoleKeys> roles = new EnumMap<>(root.roles());
        roles.put(role, keys);
        return roles;
    }

    private void onVersions() {
        byte[] fleetTwo = fleet(TrustFixture.fleet(2, TrustFixture.release(1)));
        all.add(new Attack("replay: an older fleet document", Check.FLEET_FLOOR, Refusal.OLDER_THAN_FLOOR, device -> {
            device.verifier().fleet(fleetTwo);
            device.verifier().fleet(fleetOne);
            return true;
        }));
        all.add(freeze());
        byte[] releaseFive = release(TrustFixture.release(5));
        byte[] fleetFive = fleet(TrustFixture.fleet(1, TrustFixture.release(5)));
        byte[] backToOne = fleet(TrustFixture.fleet(2, TrustFixture.release(1)));
        all.add(new Attack("rollback: an older release wanted by stolen fleet keys", Check.RELEASE_FLOOR,
                Refusal.OLDER_THAN_FLOOR, device -> {
                    device.verifier().update(device.verifier().fleet(fleetFive), releaseFive);
                    device.verifier().update(device.verifier().fleet(backToOne), releaseOne);
                    return true;
                }));
        FleetDocument other = TrustFixture.fleet(1, TrustFixture.release(2));
        byte[] sameVersion = fleet(other);
        all.add(new Attack("equivocation: two fleet documents of one version", Check.SAME_VERSION_SAME_CONTENT,
                Refusal.CHANGED_WITHOUT_VERSION, device -> {
                    device.verifier().fleet(fleetOne);
                    device.verifier().fleet(sameVersion);
                    return true;
                }));
        byte[] revoking = fixture.signed(
                TrustFixture.root(2, fixture.signers, new TreeMap<>(Map.of("press-assistant", Set.of(1L)))).toJson(),
                Role.ROOT);
        all.add(new Attack("revoked release", Check.REVOKED, Refusal.RELEASE_REVOKED, device -> {
            device.verifier().followRoots(List.of(revoking));
            device.verifier().update(device.verifier().fleet(fleetOne), releaseOne);
            return true;
        }));
        all.add(revokedKey());
        all.add(fastForward());
    }

    private Attack freeze() {
        return new Attack("freeze: the newer document is held back, whatever the clock says", Check.ANNOUNCED_FLOOR,
                Refusal.OLDER_THAN_FLOOR, device -> {
                    String nonce = device.verifier().askFreshness();
                    device.verifier().freshness(
                            fixture.signed(TrustFixture.freshness(nonce, 1, 2).toJson(), Role.FRESHNESS));
                    device.verifier().fleet(fleetOne);
                    return true;
                });
    }

    private Attack revokedKey() {
        Map<Role, List<List<DocumentSigner>>> rotated = new EnumMap<>(fixture.signers);
        rotated.put(Role.FLEET, List.of(TrustFixture.single(Algorithm.ED25519)));
        RootDocument clean = TrustFixture.root(2, rotated, new TreeMap<>());
        Map<ContentDigest, VerificationKey> keys = new HashMap<>(clean.keys());
        fixture.keys(Role.FLEET, 3).forEach(key -> keys.put(key.id(), key.verificationKey()));
        byte[] next = fixture.signed(new RootDocument(2, TrustFixture.NOW, TrustFixture.LATER, keys, clean.roles(),
                new TreeMap<>()).toJson(), Role.ROOT);
        return new Attack("revoked key signs on", Check.SIGNER_OF_ROLE, Refusal.TOO_FEW_SIGNATURES, device -> {
            device.verifier().followRoots(List.of(next));
            device.verifier().fleet(fleetOne);
            return true;
        });
    }

    /** The goal is that the device can never be updated again: after the fleet's new key, an honest document fails. */
    private Attack fastForward() {
        FleetDocument forward = TrustFixture.fleet((1L << 53) - 1, TrustFixture.release(1));
        byte[] stolen = fleet(new FleetDocument(forward.site(), forward.addressee(), forward.version(),
                forward.targets(), Optional.empty(), forward.rollout(), TrustFixture.LATER.plusSeconds(9_000_000_000L),
                TrustFixture.LATER.plusSeconds(9_000_000_000L)));
        Map<Role, List<List<DocumentSigner>>> rotated = new EnumMap<>(fixture.signers);
        List<DocumentSigner> fresh = TrustFixture.single(Algorithm.ED25519);
        rotated.put(Role.FLEET, List.of(fresh));
        byte[] next = fixture.signed(TrustFixture.root(2, rotated, new TreeMap<>()).toJson(), Role.ROOT);
        byte[] honest = DocumentSigner.sign(TrustFixture.fleet(3, TrustFixture.release(1)).toJson(), fresh).encode();
        return new Attack("fast-forward: a stolen fleet key exhausts versions and time", Check.FLOOR_RESET,
                Refusal.OLDER_THAN_FLOOR, device -> {
                    device.verifier().fleet(stolen);
                    device.verifier().followRoots(List.of(next));
                    try {
                        device.verifier().fleet(honest);
                        return false;
                    } catch (RefusedException strandedForEver) {
                        return true;
                    }
                });
    }

    private void onTargets() {
        FleetDocument good = TrustFixture.fleet(1, TrustFixture.release(1));
        offersFleet("wrong site", Check.SITE, Refusal.WRONG_SITE,
                fleet(new FleetDocument("plant-2", good.addressee(), 1,
                        good.targets(), Optional.empty(), good.rollout(), good.issued(), good.expires())));
        offersFleet("wrong device", Check.DEVICE, Refusal.WRONG_DEVICE,
                fleet(addressed(good, new Addressee.Device("box-8"))));
        offersFleet("wrong group", Check.DEVICE, Refusal.WRONG_DEVICE,
                fleet(addressed(good, new Addressee.Group("ovens"))));
        mixAndMatch();
        ReleaseManifest release = TrustFixture.release(1);
        offersRelease("wrong profile", Check.PROFILE, Refusal.WRONG_PROFILE,
                release(copy(release, release.minimumRuntime(), List.of("jetson-orin-nano"))));
        offersRelease("made for a newer runtime", Check.RUNTIME_VERSION, Refusal.RUNTIME_TOO_OLD,
                release(copy(release, new Version(9, 0, 0), release.profiles())));
        byte[] withConfiguration = fleet(new FleetDocument(good.site(), good.addressee(), 1, good.targets(),
                Optional.of(ContentDigest.of(new byte[]{1})), good.rollout(), good.issued(), good.expires()));
        all.add(new Attack("unsigned configuration", Check.CONFIGURATION_DIGEST, Refusal.FILE_MISMATCH, device -> {
            device.verifier().configuration(device.verifier().fleet(withConfiguration), new byte[]{2});
            return true;
        }));
    }

    private void mixAndMatch() {
        ReleaseManifest one = TrustFixture.release(1);
        FleetTarget target = TrustFixture.fleet(1, one).targets().getFirst();
        ContentDigest otherFile = ContentDigest.of(new byte[]{99});
        mixed("another counter", new FleetTarget(target.line(), 2, target.sha256(), target.bytes(), target.profile(),
                List.of()));
        mixed("another file",
                new FleetTarget(target.line(), 1, otherFile, target.bytes(), target.profile(), List.of()));
        mixed("another length", new FleetTarget(target.line(), 1, target.sha256(), target.bytes() + 1, target.profile(),
                List.of()));
    }

    private void mixed(String what, FleetTarget target) {
        FleetDocument good = TrustFixture.fleet(1, TrustFixture.release(1));
        byte[] document = fleet(new FleetDocument(good.site(), good.addressee(), 1, List.of(target), Optional.empty(),
                good.rollout(), good.issued(), good.expires()));
        all.add(new Attack("mix and match: the fleet names " + what, Check.TARGETS_AGREE, Refusal.TARGETS_DISAGREE,
                device -> {
                    device.verifier().update(device.verifier().fleet(document), releaseOne);
                    return true;
                }));
    }

    private void onTime() {
        ReleaseManifest old = TrustFixture.release(1);
        ReleaseManifest expiring = new ReleaseManifest(old.kind(), old.line(), old.counter(), old.title(), old.file(),
                old.quantisation(), old.minimumRuntime(), old.profiles(), old.licence(), old.golden(), old.gate(),
                old.quality(), TrustFixture.NOW.minusSeconds(100), TrustFixture.NOW.minusSeconds(1));
        offersRelease("expired release, with a clock that was never set", Check.EXPIRY, Refusal.EXPIRED,
                release(expiring));
        byte[] replayed = fixture.signed(TrustFixture.freshness("00".repeat(32), 1, 1).toJson(), Role.FRESHNESS);
        all.add(new Attack("replayed freshness answer", Check.NONCE, Refusal.WRONG_NONCE, device -> {
            device.verifier().askFreshness();
            device.verifier().freshness(replayed);
            return true;
        }));
    }

    private void offersFleet(String name, Check check, Refusal code, byte[] document) {
        all.add(new Attack(name, check, code, device -> {
            device.verifier().fleet(document);
            return true;
        }));
    }

    private void offersRelease(String name, Check check, Refusal code, byte[] document) {
        all.add(new Attack(name, check, code, device -> {
            device.verifier().update(device.verifier().fleet(fleetOne), document);
            return true;
        }));
    }

    private void followsRoot(String name, Check check, Refusal code, byte[] document) {
        all.add(new Attack(name, check, code, device -> {
            device.verifier().followRoots(List.of(document));
            return true;
        }));
    }

    private byte[] fleet(FleetDocument document) {
        return fixture.signed(document.toJson(), Role.FLEET);
    }

    private byte[] release(ReleaseManifest document) {
        return fixture.signed(document.toJson(), Role.RELEASE);
    }

    private static FleetDocument addressed(FleetDocument good, Addressee addressee) {
        return new FleetDocument(good.site(), addressee, 1, good.targets(), Optional.empty(), good.rollout(),
                good.issued(), good.expires());
    }

    private static ReleaseManifest copy(ReleaseManifest good, Version runtime, List<String> profiles) {
        return new ReleaseManifest(good.kind(), good.line(), good.counter(), good.title(), good.file(),
                good.quantisation(), runtime, profiles, good.licence(), good.golden(), good.gate(), good.quality(),
                good.issued(), good.expires());
    }

    private static byte[] flipped(SignedDocument good) {
        List<SignedDocument.Signature> signatures = new ArrayList<>();
        for (SignedDocument.Signature signature : good.signatures()) {
            byte[] bytes = signature.bytes();
            bytes[10] ^= 1;
            signatures.add(new SignedDocument.Signature(signature.key(), bytes));
        }
        return new SignedDocument(good.payload(), signatures).encode();
    }
}
