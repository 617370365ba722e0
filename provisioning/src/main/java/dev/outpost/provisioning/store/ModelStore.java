package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * The one store of models and other signed files.
 *
 * <pre>
 * models/catalogue            which blobs count, with names and origin
 * models/blobs/sha256-HEX     whole files, read-only
 * models/lists/HEX            block list of the blob of that digest
 * staging/HEX.{list,part,map} a file that is still arriving
 * </pre>
 *
 * Order of a commit: data and map synced, whole digest checked, block list written, file renamed among the blobs, that
 * directory synced, catalogue replaced, staging emptied. A crash anywhere leaves either the staged file or the
 * catalogued one; {@link #open} tidies what lies between. Single thread.
 */
public final class ModelStore {
    static final String MODELS = "models";
    static final String BLOBS = MODELS + "/blobs";
    static final String LISTS = MODELS + "/lists";
    static final String STAGING = "staging";
    static final String CATALOGUE = MODELS + "/catalogue";

    private final Storage storage;
    private final StoreSettings settings;
    private final Set<StoreCheck> checks;
    private final Catalogue catalogue;

    private ModelStore(Storage storage, StoreSettings settings, Set<StoreCheck> checks) {
        this.storage = storage;
        this.settings = settings;
        this.checks = checks;
        this.catalogue = new StoreRecovery(storage, settings).run();
    }

    /** Opens the store and finishes or undoes what a crash left half done. */
    public static ModelStore open(Storage storage, StoreSettings settings) {
        return new ModelStore(storage, settings, EnumSet.allOf(StoreCheck.class));
    }

    static ModelStore open(Storage storage, StoreSettings settings, Set<StoreCheck> checks) {
        return new ModelStore(storage, settings, checks);
    }

    /** Where a blob lies, relative to the storage's root; the only name under which a model is ever opened. */
    public static String blobName(ContentDigest digest) {
        return BLOBS + "/" + digest;
    }

    static String listName(ContentDigest digest) {
        return LISTS + "/" + digest.hex();
    }

    static String stagedListName(ContentDigest digest) {
        return STAGING + "/" + digest.hex() + ".list";
    }

    /** All stored files. */
    public List<StoredModel> models() {
        return catalogue.models();
    }

    /** A stored file by digest. */
    public Optional<StoredModel> find(ContentDigest digest) {
        return catalogue.find(digest);
    }

    /** A stored file by name. */
    public Optional<StoredModel> named(String name) {
        return catalogue.models().stream().filter(model -> model.names().contains(name)).findFirst();
    }

    /** Opens a stored file for reading; the caller closes it. */
    public StorageFile read(ContentDigest digest) {
        known(digest);
        return storage.open(blobName(digest), Storage.Access.READ);
    }

    /** The block list of a stored file, for seeding, peers and the fleet's side. */
    public BlockList blocks(ContentDigest digest) {
        StoredModel model = known(digest);
        Optional<byte[]> list = AtomicFile.read(storage, listName(digest), BlockList.MAX_ENCODED_BYTES);
        if (list.isPresent() && ContentDigest.of(list.get()).equals(model.blockList())) {
            return BlockList.decode(list.get());
        }
        try (StorageFile file = storage.open(blobName(digest), Storage.Access.READ)) {
            return BlockList.cut(BlockSource.of(file), settings.blockSizes()).blocks();
        }
    }

    /**
     * Checks a block list that arrived against what was signed.
     *
     * @param encoded as it arrived
     * @param list the signed digest of the list
     * @param fileBytes the signed length of the file
     */
    public BlockList verifiedList(byte[] encoded, ContentDigest list, long fileBytes) {
        if (checks.contains(StoreCheck.LIST_DIGEST) && !ContentDigest.of(encoded).equals(list)) {
            throw new RefusedException(Refusal.BLOCK_LIST_MISMATCH, "block list is not the signed one: expected="
                    + list.hex() + ", found=" + ContentDigest.of(encoded).hex());
        }
        BlockList blocks = BlockList.decode(encoded);
        if (checks.contains(StoreCheck.LIST_LENGTH) && blocks.fileBytes() != fileBytes) {
            throw new RefusedException(Refusal.BLOCK_LIST_MISMATCH, "block list is of another length: expected="
                    + fileBytes + ", found=" + blocks.fileBytes());
        }
        return blocks;
    }

    /** The block list of a file whose transfer began earlier, if it is the one with this digest. */
    public Optional<BlockList> stagedList(ContentDigest file, ContentDigest list) {
        return AtomicFile.read(storage, stagedListName(file), BlockList.MAX_ENCODED_BYTES)
                .filter(bytes -> ContentDigest.of(bytes).equals(list)).map(BlockList::decode);
    }

    /**
     * Begins or resumes the arrival of a file; checks the disk first.
     *
     * @throws RefusedException {@code DISK_BUDGET} when the missing bytes do not fit above the reserve
     */
    public StagedFile stage(ContentDigest file, BlockList blocks) {
        return stage(file, blocks, settings.syncBytes());
    }

    private StagedFile stage(ContentDigest file, BlockList blocks, int syncBytes) {
        boolean resumed = stagedList(file, blocks.digest()).isPresent();
        if (!resumed) {
            requireRoom(blocks.fileBytes());
            AtomicFile.write(storage, stagedListName(file), blocks.encode());
        }
        StagedFile staged = StagedFile.open(storage, file, blocks, syncBytes, checks);
        try {
            requireRoom(staged.missingBytes());
        } catch (RefusedException full) {
            staged.close();
            throw full;
        }
        return staged;
    }

    /** Copies every missing block that any stored file holds; returns the bytes gained. */
    public long seed(StagedFile staged) {
        return new LocalBlocks(this).seed(staged);
    }

    /**
     * Turns a complete staged file into a stored one; durable when it returns. The staged file is closed.
     *
     * @param name a name for it; empty for none
     * @throws RefusedException {@code FILE_MISMATCH} when the whole file is not what it must be; it stays staged
     */
    public StoredModel commit(StagedFile staged, ModelOrigin origin, Optional<String> name) {
        name.ifPresent(ModelStore::checkName);
        staged.flush();
        if (!staged.complete() || !staged.wholeFileMatches()) {
            throw new RefusedException(Refusal.FILE_MISMATCH, "file is not what it must be: expected="
                    + staged.file().hex() + ", missingBytes=" + staged.missingBytes());
        }
        ContentDigest digest = staged.file();
        StoredModel model = new StoredModel(digest, staged.blocks().fileBytes(), staged.blocks().digest(),
                new TreeSet<>(name.stream().toList()), origin);
        staged.seal();
        AtomicFile.write(storage, listName(digest), staged.blocks().encode());
        storage.rename(StagedFile.partName(digest), blobName(digest));
        storage.syncDirectory(BLOBS);
        catalogue.put(model);
        discard(digest);
        return model;
    }

    /** Forgets a file that was arriving. */
    public void discard(ContentDigest file) {
        storage.delete(StagedFile.partName(file));
        storage.delete(StagedFile.mapName(file));
        storage.delete(stagedListName(file));
        storage.syncDirectory(STAGING);
    }

    /**
     * Brings in a file that lies before us whole: an operator's import or a finished pull.
     *
     * @param progress told the bytes that are in the store so far
     */
    public StoredModel importFile(BlockSource source, ModelOrigin origin, Optional<String> name,
            LongConsumer progress) {
        name.ifPresent(ModelStore::checkName);
        BlockList.Cut cut = BlockList.cut(source, settings.blockSizes());
        Optional<StoredModel> present = find(cut.file());
        if (present.isPresent()) {
            name.ifPresent(given -> name(cut.file(), given));
            return known(cut.file());
        }
        try (StagedFile staged = stage(cut.file(), cut.blocks(), StagedFile.MAX_SYNC_BYTES)) {
            seed(staged);
            LocalBlocks.copy(source, staged, progress);
            return commit(staged, origin, name);
        }
    }

    /** Where a download whose digest is known is written before {@link #adopt}, by whatever process. */
    public static String pulledName(ContentDigest digest) {
        return STAGING + "/" + digest.hex() + ".pull";
    }

    /**
     * Takes over a file that was downloaded to {@link #pulledName}; durable when it returns.
     *
     * @throws RefusedException {@code FILE_MISMATCH} when it is another file, which is deleted then
     */
    public StoredModel adopt(ContentDigest digest, ModelOrigin origin, Optional<String> name) {
        name.ifPresent(ModelStore::checkName);
        String pulled = pulledName(digest);
        if (find(digest).isEmpty()) {
            BlockList.Cut cut = cutPulled(pulled);
            if (!cut.file().equals(digest)) {
                dropPulled(pulled);
                throw new RefusedException(Refusal.FILE_MISMATCH,
                        "file is not what it must be: expected=" + digest.hex() + ", found=" + cut.file().hex());
            }
            storage.seal(pulled);
            AtomicFile.write(storage, listName(digest), cut.blocks().encode());
            storage.rename(pulled, blobName(digest));
            storage.syncDirectory(BLOBS);
            catalogue.put(new StoredModel(digest, cut.blocks().fileBytes(), cut.blocks().digest(),
                    new TreeSet<>(name.stream().toList()), origin));
        }
        name.ifPresent(given -> name(digest, given));
        dropPulled(pulled);
        return known(digest);
    }

    private BlockList.Cut cutPulled(String pulled) {
        try (StorageFile file = storage.open(pulled, Storage.Access.WRITE)) {
            // Written by another process, which may not have synced it.
            file.sync();
            return BlockList.cut(BlockSource.of(file), settings.blockSizes());
        }
    }

    private void dropPulled(String pulled) {
        storage.delete(pulled);
        storage.syncDirectory(STAGING);
    }

    /** Gives a stored file a name, taking it from any other; durable when it returns. */
    public void name(ContentDigest digest, String name) {
        checkName(name);
        StoredModel model = known(digest);
        if (!model.names().contains(name)) {
            catalogue.put(known(digest).named(name));
        }
    }

    /** Removes a name; the file goes with the next {@link #collect} unless something else needs it. */
    public void removeName(String name) {
        StoredModel model = named(name)
                .orElseThrow(() -> new RefusedException(Refusal.UNKNOWN_MODEL, "no such model: name=" + name));
        catalogue.put(model.unnamed(name));
    }

    /**
     * Deletes the files that neither a name nor a slot needs.
     *
     * @param pinned digests that the slots hold
     * @return bytes freed
     */
    public long collect(Set<ContentDigest> pinned) {
        long freed = 0;
        for (StoredModel model : models()) {
            if (model.names().isEmpty() && !pinned.contains(model.digest())) {
                catalogue.remove(model.digest());
                storage.delete(blobName(model.digest()));
                storage.delete(listName(model.digest()));
                freed += model.bytes();
            }
        }
        storage.syncDirectory(BLOBS);
        storage.syncDirectory(LISTS);
        return freed;
    }

    /**
     * Hashes a stored file again, as is done before it is loaded and when the device is idle.
     *
     * @return false when it is no longer what was verified; it then left the catalogue and its good blocks are staged
     */
    public boolean stillSound(ContentDigest digest) {
        StoredModel model = known(digest);
        if (!checks.contains(StoreCheck.FILE_BEFORE_USE)) {
            return true;
        }
        try (StorageFile file = storage.open(blobName(digest), Storage.Access.READ)) {
            if (file.size() == model.bytes() && BlobReading.digest(file, model.bytes()).equals(digest)) {
                return true;
            }
        }
        demote(model);
        return false;
    }

    private void demote(StoredModel model) {
        ContentDigest digest = model.digest();
        Optional<byte[]> list = AtomicFile.read(storage, listName(digest), BlockList.MAX_ENCODED_BYTES)
                .filter(bytes -> ContentDigest.of(bytes).equals(model.blockList()));
        catalogue.remove(digest);
        if (list.isEmpty()) {
            storage.delete(blobName(digest));
            storage.syncDirectory(BLOBS);
            return;
        }
        AtomicFile.write(storage, stagedListName(digest), list.get());
        storage.delete(StagedFile.mapName(digest));
        storage.rename(blobName(digest), StagedFile.partName(digest));
        storage.syncDirectory(STAGING);
        storage.syncDirectory(BLOBS);
        BlockList blocks = BlockList.decode(list.get());
        try (StagedFile staged = StagedFile.open(storage, digest, blocks, settings.syncBytes(), checks)) {
            staged.recheck();
        }
    }

    private void requireRoom(long bytes) {
        long free = storage.freeBytes();
        if (bytes > 0 && free - settings.reserveBytes() < bytes) {
            throw new RefusedException(Refusal.DISK_BUDGET, "not enough disk space: neededBytes=" + bytes
                    + ", freeBytes=" + free + ", reserveBytes=" + settings.reserveBytes());
        }
    }

    private StoredModel known(ContentDigest digest) {
        return find(digest)
                .orElseThrow(() -> new RefusedException(Refusal.UNKNOWN_MODEL, "no such model: digest=" + digest));
    }

    private static void checkName(String name) {
        boolean allowed = !name.isEmpty() && name.length() <= 96
                && name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "._-".indexOf(c) >= 0);
        if (!allowed) {
            throw new RefusedException(Refusal.BAD_NAME, "name is not [a-z0-9._-]{1,96}: characters=" + name.length());
        }
    }
}
