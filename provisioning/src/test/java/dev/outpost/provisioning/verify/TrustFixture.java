package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.FreshnessAnswer;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RoleKeys;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.manifest.VerificationKey;
import dev.outpost.provisioning.manifest.VerificationKey.Algorithm;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A fleet with real keys: root 2 of 3 (Ed25519 and ML-DSA-65 each), release 3 of 3, fleet 1 of 3, freshness and owner one
 * each. Documents are made right and signed; an attack changes one thing.
 */
public final class TrustFixture {
    /** When everything was signed, unless a test says otherwise. */
    public static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
    /** When everything expires. */
    public static final Instant LATER = NOW.plusSeconds(365 * 86_400L);
    /** Build time of the software under test. */
    public static final Instant BUILD = NOW.minusSeconds(86_400);
    /** The device under test. */
    public static final DeviceFacts DEVICE = new DeviceFacts("plant-1", "box-7", Set.of("presses"), "raspberry-pi-5",
            new Version(1, 2, 0));

    /** Signers of a role, each with its keys. */
    public final Map<Role, List<List<DocumentSigner>>> signers = new EnumMap<>(Role.class);

    /** Makes all keys. */
    public TrustFixture() {
        signers.put(Role.ROOT, List.of(hybrid(), hybrid(), hybrid()));
        signers.put(Role.RELEASE, List.of(hybrid(), single(Algorithm.ML_DSA_65), single(Algorithm.ED25519)));
        signers.put(Role.FLEET,
                List.of(single(Algorithm.ED25519), single(Algorithm.ED25519), single(Algorithm.ED25519)));
        signers.put(Role.FRESHNESS, List.of(single(Algorithm.ED25519)));
        signers.put(Role.OWNER, List.of(single(Algorithm.ED25519)));
    }

    /** A signer with a key of each scheme. */
    public static List<DocumentSigner> hybrid() {
        return List.of(DocumentSigner.generate(Algorithm.ED25519), DocumentSigner.generate(Algorithm.ML_DSA_65));
    }

    /** A signer with one key. */
    public static List<DocumentSigner> single(Algorithm algorithm) {
        return List.of(DocumentSigner.generate(algorithm));
    }

    /** A root over the current signers. */
    public RootDocument root(long version) {
        return root(version, signers, new TreeMap<>());
    }

    /** A root over some signers, with revoked counters. */
    public static RootDocument root(long version, Map<Role, List<List<DocumentSigner>>> signers,
            SortedMap<String, Set<Long>> revoked) {
        Map<ContentDigest, VerificationKey> keys = new HashMap<>();
        Map<Role, RoleKeys> roles = new EnumMap<>(Role.class);
        Map<Role, Integer> thresholds = Map.of(Role.ROOT, 2, Role.RELEASE, 3, Role.FLEET, 1, Role.FRESHNESS, 1,
                Role.OWNER, 1);
        signers.forEach((role, all) -> {
            List<List<ContentDigest>> ids = new ArrayList<>();
            for (List<DocumentSigner> signer : all) {
                signer.forEach(key -> keys.put(key.id(), key.verificationKey()));
                ids.add(signer.stream().map(DocumentSigner::id).toList());
            }
            roles.put(role, new RoleKeys(thresholds.get(role), ids));
        });
        return new RootDocument(version, NOW, LATER, keys, roles, revoked);
    }

    /** Keys that sign for a role: every key of its first {@code count} signers. */
    public List<DocumentSigner> keys(Role role, int count) {
        return signers.get(role).subList(0, count).stream().flatMap(List::stream).toList();
    }

    /** A payload signed as its role demands. */
    public byte[] signed(JsonObject payload, Role role) {
        int count = switch (role) {
            case ROOT -> 2;
            case RELEASE -> 3;
            case FLEET, FRESHNESS, OWNER -> 1;
        };
        return DocumentSigner.sign(payload, keys(role, count)).encode();
    }

    /** The first root. */
    public byte[] firstRoot() {
        return signed(root(1).toJson(), Role.ROOT);
    }

    /** Trust with the first root installed. */
    public TrustState install(Storage storage) {
        TrustState trust = TrustState.open(storage, BUILD);
        if (trust.root().isEmpty()) {
            trust.install(firstRoot());
        }
        return trust;
    }

    /** A release of a file. */
    public static ReleaseManifest release(long counter, FileNeed file) {
        return new ReleaseManifest(TargetKind.MODEL, "press-assistant", counter, "Press assistant", file, "Q4_0",
                new Version(1, 0, 0), List.of("raspberry-pi-5"), "Apache-2.0",
                List.of(new GoldenQuestion("2 + 2 = ?", "4", 8), new GoldenQuestion("capital of France?", "Paris", 8)),
                new GateLimits(2, 5000, 3), new TreeMap<>(Map.of("perplexity", 12.5)), NOW, LATER);
    }

    /** A release of a file that needs no transfer in the test. */
    public static ReleaseManifest release(long counter) {
        ContentDigest file = ContentDigest.of(new byte[]{(byte) counter});
        return release(counter, new FileNeed(file, 1, file, 16, file, 1000, 1000));
    }

    /** The fleet document that wants a release on the device. */
    public static FleetDocument fleet(long version, ReleaseManifest release) {
        return new FleetDocument(DEVICE.site(), new Addressee.Device(DEVICE.device()), version,
                List.of(new FleetTarget(release.line(), release.counter(), release.file().sha256(),
                        release.file().bytes(), DEVICE.profile(), List.of())),
                Optional.empty(), RolloutRule.EVERYBODY, NOW, LATER);
    }

    /** A freshness answer. */
    public static FreshnessAnswer freshness(String nonce, long root, long fleet) {
        return new FreshnessAnswer(nonce, root, new TreeMap<>(Map.of("device/" + DEVICE.device(), fleet)),
                new TreeMap<>(), NOW);
    }
}
