package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RoleKeys;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts the signers of a role that have signed a document. */
final class SignatureCheck {
    private final Checks checks;

    SignatureCheck(Checks checks) {
        this.checks = checks;
    }

    /** Refuses a document that fewer than the role's threshold of signers have signed. */
    void require(SignedDocument document, RootDocument root, Role role) {
        if (document.signatures().isEmpty()) {
            if (checks.on(Check.SIGNED)) {
                throw new RefusedException(Refusal.TOO_FEW_SIGNATURES, "document is not signed: role=" + role.word());
            }
            return;
        }
        RoleKeys keys = root.role(role);
        int needed = checks.on(Check.THRESHOLD) ? keys.threshold() : Math.max(1, keys.threshold() - 1);
        int signed = signers(document, root, keys);
        if (signed < needed) {
            throw new RefusedException(Refusal.TOO_FEW_SIGNATURES,
                    "too few signers: role=" + role.word() + ", expected="
                            + keys.threshold() + ", found=" + signed + ", rootVersion=" + root.version());
        }
    }

    private int signers(SignedDocument document, RootDocument root, RoleKeys role) {
        List<List<ContentDigest>> signers = new ArrayList<>(role.signers());
        if (!checks.on(Check.SIGNER_OF_ROLE)) {
            root.keys().keySet().stream().filter(key -> role.signers().stream().noneMatch(s -> s.contains(key)))
                    .forEach(key -> signers.add(List.of(key)));
        }
        Map<ContentDigest, Integer> valid = validSignatures(document, root, signers);
        int count = 0;
        for (List<ContentDigest> signer : signers) {
            int least = Integer.MAX_VALUE;
            int most = 0;
            for (ContentDigest key : signer) {
                int times = valid.getOrDefault(key, 0);
                least = Math.min(least, times);
                most = Math.max(most, times);
            }
            int times = signer.isEmpty() ? 0 : checks.on(Check.EVERY_KEY_OF_SIGNER) ? least : most;
            count += checks.on(Check.SIGNER_COUNTED_ONCE) ? Math.min(1, times) : times;
        }
        return count;
    }

    private Map<ContentDigest, Integer> validSignatures(SignedDocument document, RootDocument root,
            List<List<ContentDigest>> signers) {
        Set<ContentDigest> relevant = new HashSet<>();
        signers.forEach(relevant::addAll);
        byte[] message = document.signedBytes();
        Map<ContentDigest, Integer> valid = new HashMap<>();
        for (SignedDocument.Signature signature : document.signatures()) {
            VerificationKey key = root.keys().get(signature.key());
            if (key != null && relevant.contains(signature.key())
                    && (!checks.on(Check.SIGNATURE_VALUE) || key.verifies(message, signature.bytes()))) {
                valid.merge(signature.key(), 1, Integer::sum);
            }
        }
        return valid;
    }
}
