package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RoleKeys;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.VerificationKey.Algorithm;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The fleet's private keys, wherever they lie: the fleet directory's {@code keys}, and a stick. A key file is known by
 * what it holds, not by its name: whose key a root names, signs.
 */
public final class FleetKeys {
    /** Root, release and owner sign with both schemes, so that breaking one is not enough. */
    static final List<Algorithm> HYBRID = List.of(Algorithm.ED25519, Algorithm.ML_DSA_65);
    /** The online roles sign often and rotate easily. */
    static final List<Algorithm> ONLINE = List.of(Algorithm.ED25519);
    private static final List<String> SCHEMES = List.of("Ed25519", "ML-DSA-65");

    private final List<Path> places;
    private final Optional<char[]> passphrase;

    private FleetKeys(List<Path> places, Optional<char[]> passphrase) {
        this.places = List.copyOf(places);
        this.passphrase = passphrase;
    }

    /**
     * @param places directories that hold key files; one that is absent holds none
     * @param passphrase opens locked files; kept as long as this object
     */
    public static FleetKeys in(List<Path> places, Optional<char[]> passphrase) {
        return new FleetKeys(places, passphrase);
    }

    /** The keys a hub needs: those of the directory itself, none of them locked. */
    public static FleetKeys online(FleetDirectory directory) {
        return in(List.of(directory.keys()), Optional.empty());
    }

    /** The algorithms of a role's signers. */
    static List<Algorithm> algorithms(Role role) {
        return switch (role) {
            case ROOT, RELEASE, OWNER -> HYBRID;
            case FLEET, FRESHNESS -> ONLINE;
        };
    }

    /** Makes a signer and its file; durable when it returns. */
    static FleetSigner make(Path directory, String name, Role role, Optional<char[]> passphrase) {
        List<DocumentSigner> keys = algorithms(role).stream().map(DocumentSigner::generate).toList();
        List<KeyPair> pairs = keys.stream().map(DocumentSigner::keys).toList();
        KeyFile.write(directory, name, pairs, passphrase);
        return new FleetSigner(name, keys);
    }

    /** The one signer of an online role, or of the owner role. */
    public FleetSigner one(RootDocument root, Role role) {
        return enough(root, role).getFirst();
    }

    /**
     * As many of a role's signers as its threshold demands.
     *
     * @throws FleetException {@code NO_KEY} when fewer are in the places
     */
    public List<FleetSigner> enough(RootDocument root, Role role) {
        RoleKeys wanted = root.role(role);
        List<KeyFile> found = files(wanted.signers());
        if (found.size() < wanted.threshold()) {
            throw new FleetException(FleetException.Reason.NO_KEY, "too few keys: role=" + role.word() + ", expected="
                    + wanted.threshold() + ", found=" + found.size() + ", places=" + places);
        }
        return found.stream().limit(wanted.threshold()).map(file -> file.signer(passphrase)).toList();
    }

    /** The key files of some signers, in the order of the signers. */
    List<KeyFile> files(List<List<ContentDigest>> signers) {
        List<KeyFile> all = new ArrayList<>();
        places.forEach(place -> all.addAll(scan(place)));
        List<KeyFile> found = new ArrayList<>();
        for (List<ContentDigest> signer : signers) {
            all.stream().filter(file -> file.ids().containsAll(signer)).findFirst().ifPresent(found::add);
        }
        return found;
    }

    private static List<KeyFile> scan(Path place) {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".pem")).sorted()
                    .flatMap(file -> readable(file).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A stick may hold other PEM files: what is no key of ours is passed over. */
    private static Optional<KeyFile> readable(Path file) {
        try {
            return Optional.of(KeyFile.read(file, SCHEMES));
        } catch (FleetException | RefusedException notAKey) {
            return Optional.empty();
        }
    }
}
