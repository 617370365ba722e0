package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.manifest.VerificationKey.Algorithm;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** On versions, keys and time that have moved on. */
final class VersionAttacks {
    private final AttackBook book;

    VersionAttacks(AttackBook book) {
        this.book = book;
    }

    void write() {
        onVersions();
        onTime();
    }

    private void onVersions() {
        byte[] fleetTwo = book.fleet(TrustFixture.fleet(2, TrustFixture.release(1)));
        book.add(new Attack("replay: an older fleet document", Check.FLEET_FLOOR, Refusal.OLDER_THAN_FLOOR, device -> {
            device.verifier().fleet(fleetTwo);
            device.verifier().fleet(book.fleetOne);
            return true;
        }));
        book.add(freeze());
        byte[] releaseFive = book.release(TrustFixture.release(5));
        byte[] fleetFive = book.fleet(TrustFixture.fleet(1, TrustFixture.release(5)));
        byte[] backToOne = book.fleet(TrustFixture.fleet(2, TrustFixture.release(1)));
        book.add(new Attack("rollback: an older release wanted by stolen fleet keys", Check.RELEASE_FLOOR,
                Refusal.OLDER_THAN_FLOOR, device -> {
                    device.verifier().update(device.verifier().fleet(fleetFive), releaseFive);
                    device.verifier().update(device.verifier().fleet(backToOne), book.releaseOne);
                    return true;
                }));
        FleetDocument other = TrustFixture.fleet(1, TrustFixture.release(2));
        byte[] sameVersion = book.fleet(other);
        book.add(new Attack("equivocation: two fleet documents of one version", Check.SAME_VERSION_SAME_CONTENT,
                Refusal.CHANGED_WITHOUT_VERSION, device -> {
                    device.verifier().fleet(book.fleetOne);
                    device.verifier().fleet(sameVersion);
                    return true;
                }));
        byte[] revoking = book.fixture.signed(
                TrustFixture.root(2, book.fixture.signers, new TreeMap<>(Map.of("press-assistant", Set.of(1L))))
                        .toJson(),
                Role.ROOT);
        book.add(new Attack("revoked release", Check.REVOKED, Refusal.RELEASE_REVOKED, device -> {
            device.verifier().followRoots(List.of(revoking));
            device.verifier().update(device.verifier().fleet(book.fleetOne), book.releaseOne);
            return true;
        }));
        book.add(revokedKey());
        book.add(fastForward());
    }

    private Attack freeze() {
        return new Attack("freeze: the newer document is held back, whatever the clock says", Check.ANNOUNCED_FLOOR,
                Refusal.OLDER_THAN_FLOOR, device -> {
                    String nonce = device.verifier().askFreshness();
                    device.verifier().freshness(
                            book.fixture.signed(TrustFixture.freshness(nonce, 1, 2).toJson(), Role.FRESHNESS));
                    device.verifier().fleet(book.fleetOne);
                    return true;
                });
    }

    private Attack revokedKey() {
        Map<Role, List<List<DocumentSigner>>> rotated = new EnumMap<>(book.fixture.signers);
        rotated.put(Role.FLEET, List.of(TrustFixture.single(Algorithm.ED25519)));
        RootDocument clean = TrustFixture.root(2, rotated, new TreeMap<>());
        Map<ContentDigest, VerificationKey> keys = new HashMap<>(clean.keys());
        book.fixture.keys(Role.FLEET, 3).forEach(key -> keys.put(key.id(), key.verificationKey()));
        byte[] next = book.fixture.signed(new RootDocument(2, TrustFixture.NOW, TrustFixture.LATER, keys, clean.roles(),
                new TreeMap<>()).toJson(), Role.ROOT);
        return new Attack("revoked key signs on", Check.SIGNER_OF_ROLE, Refusal.TOO_FEW_SIGNATURES, device -> {
            device.verifier().followRoots(List.of(next));
            device.verifier().fleet(book.fleetOne);
            return true;
        });
    }

    /** The goal is that the device can never be updated again: after the fleet's new key, an honest document fails. */
    private Attack fastForward() {
        FleetDocument forward = TrustFixture.fleet((1L << 53) - 1, TrustFixture.release(1));
        byte[] stolen = book.fleet(new FleetDocument(forward.site(), forward.addressee(), forward.version(),
                forward.targets(), Optional.empty(), forward.rollout(), TrustFixture.LATER.plusSeconds(9_000_000_000L),
                TrustFixture.LATER.plusSeconds(9_000_000_000L)));
        Map<Role, List<List<DocumentSigner>>> rotated = new EnumMap<>(book.fixture.signers);
        List<DocumentSigner> fresh = TrustFixture.single(Algorithm.ED25519);
        rotated.put(Role.FLEET, List.of(fresh));
        byte[] next = book.fixture.signed(TrustFixture.root(2, rotated, new TreeMap<>()).toJson(), Role.ROOT);
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

    private void onTime() {
        ReleaseManifest old = TrustFixture.release(1);
        ReleaseManifest expiring = new ReleaseManifest(old.kind(), old.line(), old.counter(), old.title(), old.file(),
                old.quantisation(), old.minimumRuntime(), old.profiles(), old.licence(), old.golden(), old.gate(),
                old.quality(), TrustFixture.NOW.minusSeconds(100), TrustFixture.NOW.minusSeconds(1));
        book.offersRelease("expired release, with a clock that was never set", Check.EXPIRY, Refusal.EXPIRED,
                book.release(expiring));
        byte[] replayed = book.fixture.signed(TrustFixture.freshness("00".repeat(32), 1, 1).toJson(), Role.FRESHNESS);
        book.add(new Attack("replayed freshness answer", Check.NONCE, Refusal.WRONG_NONCE, device -> {
            device.verifier().askFreshness();
            device.verifier().freshness(replayed);
            return true;
        }));
    }
}
