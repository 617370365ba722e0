package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a new fleet: its keys, first root, certificate authority and database. */
public final class Founding {
    private static final Map<Role, List<String>> NAMES = Map.of(Role.ROOT, List.of("root-1", "root-2", "root-3"),
            Role.RELEASE, List.of("release-1", "release-2"), Role.FLEET, List.of("fleet"), Role.FRESHNESS,
            List.of("freshness"), Role.OWNER, List.of("owner"));
    /** A hub's own name in certificates; no device may have it. */
    public static final String HUB = "hub";

    private Founding() {}

    /**
     * A key that was made.
     *
     * @param name of its file, without ending
     * @param role what it signs
     * @param file where it lies
     * @param offline whether it belongs to a place without a network
     * @param locked whether a passphrase opens it
     */
    public record MadeKey(String name, Role role, Path file, boolean offline, boolean locked) {}

    /**
     * A new fleet.
     *
     * @param keys its keys
     * @param pin SHA-256 (hex) of its authority's certificate
     */
    public record Founded(List<MadeKey> keys, String pin) {
        /** Copies the keys. */
        public Founded {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Makes a fleet in an empty place.
     *
     * @param offline where the keys of root, release and owner go
     * @param passphrase locks those keys
     */
    public static Founded found(Path path, FleetSettings settings, Path offline, Optional<char[]> passphrase,
            Instant now) {
        requireEmpty(offline);
        FleetDirectory directory = FleetDirectory.create(path, settings);
        Map<Role, List<FleetSigner>> signers = new EnumMap<>(Role.class);
        List<MadeKey> made = new ArrayList<>();
        for (Role role : Role.values()) {
            boolean kept = isOffline(role);
            Path place = kept ? offline : directory.keys();
            List<FleetSigner> of = new ArrayList<>();
            for (String name : NAMES.get(role)) {
                of.add(FleetKeys.make(place, name, role, kept ? passphrase : Optional.empty()));
                made.add(new MadeKey(name, role, place.resolve(name + ".pem"), kept, kept && passphrase.isPresent()));
            }
            signers.put(role, of);
        }
        RootDocument root = RootBook.first(signers, now);
        byte[] document = RootBook.signed(root, List.of(), signers.get(Role.ROOT));
        TrustState.selfSigned(document);
        directory.addRoot(root.version(), document);
        CertificateAuthority authority = CertificateAuthority.create(directory, now);
        authority.issueOwn(HUB, List.of(HUB), false, now);
        try (FleetDatabase database = FleetDatabase.open(directory.database())) {
            database.roots().put(root.version(), database.documents().put(document, now));
        }
        return new Founded(made, authority.pin());
    }

    /** Whether a role's keys belong to a place without a network. */
    static boolean isOffline(Role role) {
        return switch (role) {
            case ROOT, RELEASE, OWNER -> true;
            case FLEET, FRESHNESS -> false;
        };
    }

    private static void requireEmpty(Path offline) {
        for (List<String> names : NAMES.values()) {
            for (String name : names) {
                if (Files.exists(offline.resolve(name + ".pem"))) {
                    throw new FleetException(FleetException.Reason.EXISTS,
                            "a key is here already: file=" + offline.resolve(name + ".pem"));
                }
            }
        }
    }
}
