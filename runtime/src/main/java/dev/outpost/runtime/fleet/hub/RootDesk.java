package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.hub.database.ReleaseRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes new roots: other keys, or a release that must no longer be used. Needs two of the three root keys. */
public final class RootDesk {
    private static final Pattern SIGNER = Pattern.compile("(root|release|fleet|freshness|owner)(?:-(\\d))?");

    private final FleetDirectory directory;
    private final Path offline;
    private final Optional<char[]> passphrase;
    private final FleetDatabase database;

    /**
     * @param offline where the keys of root, release and owner lie
     * @param passphrase opens and locks those keys
     */
    public RootDesk(FleetDirectory directory, Path offline, Optional<char[]> passphrase, FleetDatabase database) {
        this.directory = directory;
        this.offline = offline;
        this.passphrase = passphrase;
        this.database = database;
    }

    /**
     * A new root.
     *
     * @param version its version
     * @param files key files that were made for it
     * @param renewed fleet documents that were signed again
     */
    public record NewRoot(long version, List<Path> files, int renewed) {
        /** Copies the files. */
        public NewRoot {
            files = List.copyOf(files);
        }
    }

    /**
     * Revokes a release: a new root says so, devices fall back to the last good one, its rollouts stop.
     */
    public NewRoot revoke(String line, long counter, Instant now) {
        RootDocument before = directory.root();
        String name = line + "@" + counter;
        ReleaseRow release = database.releases().find(line, counter).orElseThrow(
                () -> new FleetException(FleetException.Reason.UNKNOWN, "no such release: release=" + name));
        if (release.revoked().isPresent()) {
            throw new FleetException(FleetException.Reason.EXISTS, "release is revoked already: release=" + name);
        }
        long version = before.version();
        // A root that says so already is left from an attempt that broke off; what follows it is done again.
        if (!before.revokes(line, counter)) {
            RootDocument next = RootBook.revoking(RootBook.next(before, now), line, counter);
            publish(before, next, now);
            version = next.version();
        }
        new RolloutDesk(directory, keys(), database).stop(line, counter, "release was revoked", now);
        int renewed = renew(now);
        database.releases().revoke(line, counter, now);
        return new NewRoot(version, List.of(), renewed);
    }

    /**
     * Gives signers new keys; the old ones stop counting at once. Releases are signed again when their keys change.
     *
     * @param names such as {@code fleet}, {@code freshness}, {@code release-2} or {@code root-1}
     */
    public NewRoot rotate(List<String> names, Instant now) {
        RootDocument before = directory.root();
        RootDocument next = RootBook.next(before, now);
        List<Path> files = new ArrayList<>();
        boolean releases = false;
        for (String name : names) {
            Matcher parts = SIGNER.matcher(name);
            Role role = parts.matches() ? Role.valueOf(parts.group(1).toUpperCase(Locale.ROOT)) : Role.OWNER;
            int position = parts.matches() && parts.group(2) != null ? Integer.parseInt(parts.group(2)) - 1 : 0;
            if (!parts.matches() || position < 0 || position >= before.role(role).signers().size()) {
                throw new FleetException(FleetException.Reason.INPUT, "no such signer: expected=fleet, freshness, "
                        + "owner, release-1, release-2 or root-1 to root-3, found=" + name);
            }
            Path place = Founding.isOffline(role) ? offline : directory.keys();
            String file = name + "-v" + next.version();
            discard(place.resolve(file + ".pem"));
            FleetSigner fresh = FleetKeys.make(place, file, role,
                    Founding.isOffline(role) ? passphrase : Optional.empty());
            next = RootBook.replacing(next, role, position, fresh);
            files.add(place.resolve(file + ".pem"));
            releases |= role == Role.RELEASE;
        }
        publish(before, next, now);
        if (releases) {
            signReleasesAgain(next, now);
        }
        return new NewRoot(next.version(), files, renew(now));
    }

    /** A root the directory has but the database does not: a crash lay between them. */
    public void catchUp(Instant now) {
        List<byte[]> roots = directory.roots();
        for (long version = database.roots().newest() + 1; version <= roots.size(); version++) {
            database.roots().put(version, database.documents().put(roots.get((int) version - 1), now));
        }
    }

    private void publish(RootDocument before, RootDocument next, Instant now) {
        FleetKeys keys = keys();
        List<FleetSigner> old = keys.enough(before, Role.ROOT);
        byte[] document = RootBook.signed(next, old, keys.enough(next, Role.ROOT));
        if (document.length > SignedDocument.MAX_BYTES) {
            throw new FleetException(FleetException.Reason.INPUT, "root is too long: bytes=" + document.length
                    + ", limit=" + SignedDocument.MAX_BYTES + "; rotate fewer keys at once");
        }
        TrustState.selfSigned(document);
        directory.addRoot(next.version(), document);
        database.roots().put(next.version(), database.documents().put(document, now));
    }

    private int renew(Instant now) {
        return new DesiredDesk(directory, keys(), database).renewAll(now);
    }

    private void signReleasesAgain(RootDocument root, Instant now) {
        List<FleetSigner> signers = keys().enough(root, Role.RELEASE);
        for (ReleaseRow row : database.releases().all()) {
            byte[] old = database.documents().find(row.envelope()).orElseThrow();
            SignedDocument document = SignedDocument.of(JsonReader.read(old, SignedDocument.MAX_BYTES));
            ContentDigest envelope = database.documents()
                    .put(FleetSigner.sign(document.payload(), signers).encode(), now);
            database.releases().signedAgain(row.line(), row.counter(), envelope);
        }
    }

    private FleetKeys keys() {
        return FleetKeys.in(List.of(directory.keys(), offline), passphrase);
    }

    /** A key for a root that was never written is left from an attempt that broke off. */
    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
