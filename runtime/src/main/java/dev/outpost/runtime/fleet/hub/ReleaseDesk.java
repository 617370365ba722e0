package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.StorageFile;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSource;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.store.StoredModel;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.hub.database.ReleaseRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** Brings a file into the fleet's store and signs what it is. Nothing is signed that was not read whole here. */
public final class ReleaseDesk {
    private final FleetDirectory directory;
    private final FleetKeys keys;
    private final FleetDatabase database;

    public ReleaseDesk(FleetDirectory directory, FleetKeys keys, FleetDatabase database) {
        this.directory = directory;
        this.keys = keys;
        this.database = database;
    }

    /**
     * What a release shall say beside its file.
     *
     * @param kind what the file is for
     * @param line the model line
     * @param counter the counter; empty takes the next
     * @param title for people
     * @param quantisation such as {@code Q4_K_M}; empty for other files
     * @param memoryBytes memory needed to serve it
     * @param minimumRuntime oldest runtime that can serve it
     * @param profiles device profiles it is made for; empty = all
     * @param licence the licence's name
     * @param golden verified questions
     * @param gate what it must show on a device
     * @param quality figures by name
     * @param life how long it may be installed
     */
    public record Wish(TargetKind kind, String line, OptionalLong counter, String title, String quantisation,
            long memoryBytes, Version minimumRuntime, List<String> profiles, String licence,
            List<GoldenQuestion> golden, GateLimits gate, SortedMap<String, Double> quality, Duration life) {
        /** Checks the names and copies the collections. */
        public Wish {
            profiles = List.copyOf(profiles);
            golden = List.copyOf(golden);
            quality = new TreeMap<>(quality);
            FleetSettings.requireId("line", line);
            profiles.forEach(profile -> FleetSettings.requireId("profile", profile));
        }
    }

    /** Fails before long work when the keys that must sign are not here or are locked. */
    public void requireKeys() {
        keys.enough(directory.root(), Role.RELEASE);
    }

    /**
     * Brings a file into the store; one that is there already costs its reading.
     *
     * @param reading told the bytes that were read and cut
     * @param copying told the bytes that are in the store
     */
    public StoredModel bring(Path file, String line, LongConsumer reading, LongConsumer copying) {
        var origin = new ModelOrigin.Operator(file.getFileName().toString());
        return alone(store -> {
            try (PathSource source = new PathSource(file, reading)) {
                return store.importFile(source, origin, Optional.of(FleetSettings.requireId("line", line)), copying);
            }
        });
    }

    /** Opening a store tidies it: two processes at once would take away what the other is bringing. */
    private <T> T alone(Function<ModelStore, T> work) {
        try (FileChannel lock = FileChannel.open(directory.path().resolve("store.lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); FileLock held = lock.tryLock()) {
            if (held == null) {
                throw busy();
            }
            return work.apply(ModelStore.open(new DirectoryStorage(directory.path().resolve("store")),
                    StoreSettings.STANDARD));
        } catch (OverlappingFileLockException e) {
            throw busy();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Signs what a stored file is and keeps it; devices hear of it by a rollout. */
    public ReleaseBook.Signed sign(StoredModel model, Wish wish, Instant now) {
        long counter = wish.counter().orElseGet(() -> database.releases().nextCounter(wish.line()));
        if (database.releases().find(wish.line(), counter).isPresent()) {
            throw new FleetException(FleetException.Reason.EXISTS,
                    "a release has this counter already: release=" + wish.line() + "@" + counter);
        }
        FileNeed need = alone(store -> kept(store, model, wish, counter));
        var manifest = new ReleaseManifest(wish.kind(), wish.line(), counter, wish.title(), need,
                wish.quantisation(), wish.minimumRuntime(), wish.profiles(), wish.licence(), wish.golden(), wish.gate(),
                wish.quality(), now, now.plus(wish.life()));
        SignedDocument document = FleetSigner.sign(manifest.toJson(), keys.enough(directory.root(), Role.RELEASE));
        byte[] envelope = document.encode();
        if (envelope.length > SignedDocument.MAX_BYTES) {
            throw new FleetException(FleetException.Reason.INPUT, "release is too long: bytes=" + envelope.length
                    + ", limit=" + SignedDocument.MAX_BYTES + "; ask fewer or shorter golden questions");
        }
        ContentDigest digest = database.documents().put(envelope, now);
        var row = new ReleaseRow(wish.line(), counter, wish.title(), digest, model.digest(), model.bytes(), now,
                Optional.empty());
        database.releases().add(row);
        return new ReleaseBook.Signed(row, manifest, document.digest(), envelope);
    }

    /** The release's own name keeps the file when a later release takes the line's. */
    private static FileNeed kept(ModelStore store, StoredModel model, Wish wish, long counter) {
        store.name(model.digest(), wish.line() + "." + counter);
        byte[] list = store.blocks(model.digest()).encode();
        try (StorageFile file = store.read(model.digest())) {
            return new FileNeed(model.digest(), model.bytes(), ContentDigest.of(list), list.length,
                    BlockList.tensorTable(BlockSource.of(file)), wish.memoryBytes(), model.bytes());
        }
    }

    private static FleetException busy() {
        return new FleetException(FleetException.Reason.CONFLICT, "another release is being made");
    }
}
