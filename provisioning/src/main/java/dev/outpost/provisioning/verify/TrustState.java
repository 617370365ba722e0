package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The trusted root and the floors, each on disk in two copies that are written one after the other, so that one of them
 * is always whole. A damaged copy is healed from the other.
 *
 * <pre>
 * trust/root, trust/root.copy         the trusted root as it was signed
 * trust/floors.a, trust/floors.b      floors; what counts is the higher of the two in everything
 * </pre>
 */
public final class TrustState {
    private static final String DIRECTORY = "trust";
    private static final String[] ROOTS = {DIRECTORY + "/root", DIRECTORY + "/root.copy"};
    private static final String[] FLOORS = {DIRECTORY + "/floors.a", DIRECTORY + "/floors.b"};
    private static final int FLOORS_LIMIT = 1 << 20;
    private static final int STORED_ROOT_LIMIT = 1 << 20;

    private final Storage storage;
    private Optional<RootDocument> root;
    private Floors floors;

    TrustState(Storage storage, Optional<RootDocument> root, Floors floors) {
        this.storage = storage;
        this.root = root;
        this.floors = floors;
    }

    /**
     * Opens the trust of this device.
     *
     * @param buildTime when this software was built: time cannot lie before it
     */
    public static TrustState open(Storage storage, Instant buildTime) {
        storage.makeDirectory(DIRECTORY);
        storage.syncDirectory(DIRECTORY);
        Optional<RootDocument> root = storedRoot(storage);
        ContentDigest keys = onlineKeys(root);
        Floors floors = Floors.at(buildTime).under(keys);
        for (String copy : FLOORS) {
            floors = storedFloors(storage, copy).map(found -> found.under(keys)).map(floors::higher).orElse(floors);
        }
        return new TrustState(storage, root, floors);
    }

    /** The trusted root; absent on a device that no fleet has claimed. */
    public Optional<RootDocument> root() {
        return root;
    }

    /** The trusted time floor: the latest moment that something verified proves to have passed. */
    public Instant timeFloor() {
        return floors.time();
    }

    /** The highest release counter verified in a line; 0 when there is none. */
    public long releaseFloor(String line) {
        return Optional.ofNullable(floors.releases().get(line)).map(Mark::version).orElse(0L);
    }

    /** The highest fleet version verified for an addressee key; 0 when there is none. */
    public long fleetFloor(String addressee) {
        return Optional.ofNullable(floors.fleet().get(addressee)).map(Mark::version).orElse(0L);
    }

    /**
     * Installs the first root, at provisioning. The caller vouches for it; it must hold together and be signed by its own
     * signers.
     *
     * @throws RefusedException when there is a root already, or this is none
     */
    public void install(byte[] document) {
        if (root.isPresent()) {
            throw new RefusedException(Refusal.ROOT_NOT_NEXT, "a root is installed already: version="
                    + root.get().version());
        }
        RootDocument first = selfSigned(document);
        keepRoot(document, first);
        raise(floors.under(onlineKeys(root)).withOfflineTime(first.issued()));
    }

    /** Whether a counter of a kind of command lies above all that were used. */
    public boolean unused(String kind, long counter) {
        return counter > floors.counters().getOrDefault(kind, 0L);
    }

    /** Refuses a counter that was used before. */
    public void requireUnused(String kind, long counter) {
        if (!unused(kind, counter)) {
            throw new RefusedException(Refusal.REPLAYED,
                    "counter was used before: kind=" + kind + ", counter=" + counter
                            + ", highest=" + floors.counters().get(kind));
        }
    }

    /** Uses up a counter of a kind of command; durable when it returns. */
    public void useCounter(String kind, long counter) {
        requireUnused(kind, counter);
        raise(floors.withCounter(kind, counter));
    }

    /** A root that holds together and is signed by its own signers. */
    public static RootDocument selfSigned(byte[] document) {
        Checks checks = Checks.all();
        DocumentReading reading = new DocumentReading(checks);
        SignedDocument envelope = reading.envelope(document, DocumentType.ROOT);
        RootDocument root = reading.payload(envelope, RootDocument::of, RootDocument::toJson);
        new SignatureCheck(checks).require(envelope, root, Role.ROOT);
        RootRules.require(root);
        return root;
    }

    Floors floors() {
        return floors;
    }

    /** Raises the floors in memory and in both copies; durable when it returns. */
    void raise(Floors raised) {
        if (!raised.equals(floors)) {
            for (String copy : FLOORS) {
                StoredJson.write(storage, copy, raised.toJson());
            }
            floors = raised;
        }
    }

    /** Replaces the trusted root in both copies; durable when it returns. */
    void keepRoot(byte[] document, RootDocument next) {
        for (String copy : ROOTS) {
            AtomicFile.write(storage, copy, document);
        }
        root = Optional.of(next);
    }

    /** What changes when a root rotates the keys of an online role, and only then. */
    static ContentDigest onlineKeys(Optional<RootDocument> root) {
        return ContentDigest.of(root.map(document -> document.role(Role.FLEET) + " " + document.role(Role.FRESHNESS))
                .orElse("").getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<RootDocument> storedRoot(Storage storage) {
        Optional<RootDocument> newest = Optional.empty();
        byte[] before = new byte[0];
        for (String copy : ROOTS) {
            byte[] bytes = AtomicFile.read(storage, copy, STORED_ROOT_LIMIT).orElse(before);
            if (!Arrays.equals(bytes, before)) {
                Optional<RootDocument> found = intactRoot(bytes);
                boolean newer = found.isPresent()
                        && newest.map(other -> other.version() < found.get().version()).orElse(true);
                newest = newer ? found : newest;
                before = bytes;
            }
        }
        return newest;
    }

    private static Optional<RootDocument> intactRoot(byte[] bytes) {
        try {
            return Optional.of(selfSigned(bytes));
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }

    private static Optional<Floors> storedFloors(Storage storage, String copy) {
        try {
            return StoredJson.read(storage, copy, FLOORS_LIMIT).map(Floors::of);
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }
}
