package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RoleKeys;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** On the root and its rotation. */
final class RootAttacks {
    private final AttackBook book;

    RootAttacks(AttackBook book) {
        this.book = book;
    }

    void write() {
        onRoots();
    }

    private void onRoots() {
        Map<Role, List<List<DocumentSigner>>> stolen = new EnumMap<>(book.fixture.signers);
        stolen.put(Role.ROOT, List.of(TrustFixture.hybrid(), TrustFixture.hybrid(), TrustFixture.hybrid()));
        JsonObject takeover = TrustFixture.root(2, stolen, new TreeMap<>()).toJson();
        List<DocumentSigner> attackers = stolen.get(Role.ROOT).subList(0, 2).stream().flatMap(List::stream).toList();
        book.followsRoot("takeover: a new root signed by its own keys only", Check.ROOT_BY_OLD_SIGNERS,
                Refusal.TOO_FEW_SIGNATURES, DocumentSigner.sign(takeover, attackers).encode());
        book.followsRoot("lock-out: a new root whose own keys never signed", Check.ROOT_BY_NEW_SIGNERS,
                Refusal.TOO_FEW_SIGNATURES, DocumentSigner.sign(takeover, book.fixture.keys(Role.ROOT, 2)).encode());
        book.followsRoot("skipped rotation: root 3 after root 1", Check.ROOT_STEP, Refusal.ROOT_NOT_NEXT,
                book.fixture.signed(book.fixture.root(3).toJson(), Role.ROOT));
        byte[] two = book.fixture.signed(book.fixture.root(2).toJson(), Role.ROOT);
        book.add(new Attack("endless root chain", Check.ROOT_CHAIN_LENGTH, Refusal.ROOT_CHAIN_TOO_LONG, device -> {
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
        RootDocument good = book.fixture.root(2);
        DocumentSigner key = book.fixture.signers.get(Role.FLEET).getFirst().getFirst();
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
        book.followsRoot("careless root: " + name, Check.ROOT_CONSISTENT, Refusal.ROOT_INCONSISTENT,
                book.fixture.signed(root.toJson(), Role.ROOT));
    }

    private static Map<Role, RoleKeys> with(RootDocument root, Role role, RoleKeys keys) {
        Map<Role, RoleKeys> roles = new EnumMap<>(root.roles());
        roles.put(role, keys);
        return roles;
    }
}
