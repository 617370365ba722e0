package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RoleKeys;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a root must be in itself, whoever signed it. */
final class RootRules {
    private RootRules() {}

    /** Refuses a root in which one key could count twice, or one person could sign for root or release alone. */
    static void require(RootDocument root) {
        root.keys().forEach((id, key) -> {
            if (!key.id().equals(id)) {
                throw inconsistent("key is not named by its digest", "key=" + id.brief());
            }
        });
        Set<ContentDigest> used = new HashSet<>();
        for (Role role : Role.values()) {
            RoleKeys keys = root.roles().get(role);
            if (keys == null) {
                throw inconsistent("role is missing", "role=" + role.word());
            }
            boolean offline = role == Role.ROOT || role == Role.RELEASE;
            if (keys.threshold() > keys.signers().size() || offline && keys.threshold() < 2) {
                throw inconsistent("threshold is out of range",
                        "role=" + role.word() + ", threshold=" + keys.threshold());
            }
            for (List<ContentDigest> signer : keys.signers()) {
                signer(root, role, signer, used);
            }
        }
    }

    private static void signer(RootDocument root, Role role, List<ContentDigest> signer, Set<ContentDigest> used) {
        Set<VerificationKey.Algorithm> schemes = new HashSet<>();
        for (ContentDigest key : signer) {
            VerificationKey known = root.keys().get(key);
            if (known == null || !used.add(key)) {
                throw inconsistent("signer's key is unknown or used twice",
                        "role=" + role.word() + ", key=" + key.brief());
            }
            schemes.add(known.algorithm());
        }
        boolean hybrid = schemes.size() == VerificationKey.Algorithm.values().length;
        if (signer.isEmpty() || role == Role.ROOT && !hybrid) {
            throw inconsistent("signer lacks a key of each scheme", "role=" + role.word());
        }
    }

    private static RefusedException inconsistent(String what, String found) {
        return new RefusedException(Refusal.ROOT_INCONSISTENT, what + ": " + found);
    }
}
