package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RoleKeys;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes roots: the first, and each next one by a change of the one before. Values only; nothing is written here. */
final class RootBook {
    private static final Duration LIFE = Duration.ofDays(3650);
    private static final Map<Role, Integer> THRESHOLDS = Map.of(Role.ROOT, 2, Role.RELEASE, 2, Role.FLEET, 1,
            Role.FRESHNESS, 1, Role.OWNER, 1);

    private RootBook() {}

    /** The first root of a fleet. */
    static RootDocument first(Map<Role, List<FleetSigner>> signers, Instant now) {
        Map<ContentDigest, VerificationKey> keys = new HashMap<>();
        Map<Role, RoleKeys> roles = new EnumMap<>(Role.class);
        signers.forEach((role, who) -> {
            who.forEach(signer -> signer.verificationKeys().forEach(key -> keys.put(key.id(), key)));
            roles.put(role, new RoleKeys(THRESHOLDS.get(role), who.stream().map(FleetSigner::ids).toList()));
        });
        return new RootDocument(1, now, now.plus(LIFE), keys, roles, new TreeMap<>());
    }

    /** The successor that says the same. */
    static RootDocument next(RootDocument before, Instant now) {
        return new RootDocument(before.version() + 1, now, now.plus(LIFE), before.keys(), before.roles(),
                before.revoked());
    }

    /** The same root with another signer in the place of one of a role's. */
    static RootDocument replacing(RootDocument root, Role role, int position, FleetSigner fresh) {
        RoleKeys before = root.role(role);
        List<List<ContentDigest>> signers = new ArrayList<>(before.signers());
        Map<ContentDigest, VerificationKey> keys = new HashMap<>(root.keys());
        signers.get(position).forEach(keys::remove);
        fresh.verificationKeys().forEach(key -> keys.put(key.id(), key));
        signers.set(position, fresh.ids());
        Map<Role, RoleKeys> roles = new EnumMap<>(root.roles());
        roles.put(role, new RoleKeys(before.threshold(), signers));
        return new RootDocument(root.version(), root.issued(), root.expires(), keys, roles, root.revoked());
    }

    /** The same root, which also says that a release must no longer be used. */
    static RootDocument revoking(RootDocument root, String line, long counter) {
        var revoked = new TreeMap<>(root.revoked());
        Set<Long> counters = new TreeSet<>(revoked.getOrDefault(line, Set.of()));
        counters.add(counter);
        revoked.put(line, counters);
        return new RootDocument(root.version(), root.issued(), root.expires(), root.keys(), root.roles(), revoked);
    }

    /** Signed as devices want it: by the signers of the root before and by its own. */
    static byte[] signed(RootDocument next, List<FleetSigner> before, List<FleetSigner> own) {
        Map<List<ContentDigest>, FleetSigner> all = new LinkedHashMap<>();
        before.forEach(signer -> all.put(signer.ids(), signer));
        own.forEach(signer -> all.put(signer.ids(), signer));
        return FleetSigner.sign(next.toJson(), List.copyOf(all.values())).encode();
    }
}
