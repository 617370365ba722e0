package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.verify.TrustState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The manager's directory.
 *
 * <pre>
 * fleet.json                 settings
 * keys/                      private keys; those of root, release and owner may lie elsewhere
 * ca/ca.pem, ca/ca-key.pem   the authority that issues device certificates; ca/revoked.crl for the broker
 * root/N.json                every root as it was signed
 * store/                     a model store: released files with their block lists
 * hub.db                     records, unless they are in PostgreSQL
 * </pre>
 *
 * Directories are 0700, files 0600. Reading is for any thread and process; {@link #store} is for one process at a time.
 */
public final class FleetDirectory {
    static final String KEYS = "keys";
    static final String CA = "ca";
    private static final String SETTINGS = "fleet.json";
    private static final String ROOTS = "root";

    private final Path path;
    private final DirectoryStorage storage;
    private final FleetSettings settings;

    private FleetDirectory(Path path, DirectoryStorage storage, FleetSettings settings) {
        this.path = path;
        this.storage = storage;
        this.settings = settings;
    }

    /** Makes an empty fleet directory. */
    public static FleetDirectory create(Path path, FleetSettings settings) {
        if (Files.exists(path.resolve(SETTINGS))) {
            throw new FleetException(FleetException.Reason.EXISTS, "a fleet is here already: directory=" + path);
        }
        var storage = new DirectoryStorage(path);
        for (String directory : List.of(KEYS, CA, ROOTS, "store")) {
            storage.makeDirectory(directory);
        }
        AtomicFile.write(storage, SETTINGS, settings.encode());
        return new FleetDirectory(path, storage, settings);
    }

    /** Opens a fleet directory. */
    public static FleetDirectory open(Path path) {
        if (!Files.isRegularFile(path.resolve(SETTINGS))) {
            throw new FleetException(FleetException.Reason.NO_FLEET, "no fleet is here: directory=" + path);
        }
        var storage = new DirectoryStorage(path);
        byte[] file = AtomicFile.read(storage, SETTINGS, FleetSettings.LIMIT).orElseThrow();
        return new FleetDirectory(path, storage, FleetSettings.of(file));
    }

    public FleetSettings settings() {
        return settings;
    }

    public Path path() {
        return path;
    }

    /** Where the online keys lie. */
    public Path keys() {
        return path.resolve(KEYS);
    }

    /** The state directory of the model store that holds the released files. */
    public Path store() {
        return path.resolve("store");
    }

    /** The authority's certificate (PEM), which broker and devices trust. */
    public Path authorityCertificate() {
        return path.resolve(CA).resolve("ca.pem");
    }

    /** Where the records are: the settings' address or the directory's SQLite file. */
    public String database() {
        return settings.database().isEmpty() ? "jdbc:sqlite:" + path.resolve("hub.db") : settings.database();
    }

    Storage storage() {
        return storage;
    }

    /** Keeps the next root. */
    void addRoot(long version, byte[] document) {
        AtomicFile.write(storage, ROOTS + "/" + version + ".json", document);
    }

    /** Every root as it was signed, ascending by version from 1. */
    public List<byte[]> roots() {
        List<byte[]> roots = new ArrayList<>();
        Optional<byte[]> next = root(1);
        while (next.isPresent()) {
            roots.add(next.get());
            next = root(roots.size() + 1L);
        }
        return roots;
    }

    /** The newest root. */
    public RootDocument root() {
        List<byte[]> roots = roots();
        if (roots.isEmpty()) {
            throw new FleetException(FleetException.Reason.NO_FLEET, "the fleet has no root: directory=" + path);
        }
        return TrustState.selfSigned(roots.getLast());
    }

    private Optional<byte[]> root(long version) {
        return AtomicFile.read(storage, ROOTS + "/" + version + ".json", SignedDocument.MAX_BYTES);
    }

    /** A released file; it never changes while it is there. */
    public Optional<Path> file(ContentDigest digest) {
        return Optional.of(path.resolve("store").resolve(ModelStore.blobName(digest))).filter(Files::isRegularFile);
    }

    /** The encoded block list of a released file. */
    public Optional<byte[]> blockList(ContentDigest digest) {
        return AtomicFile.read(storage, "store/models/lists/" + digest.hex(), BlockList.MAX_ENCODED_BYTES);
    }
}
