package dev.outpost.provisioning.activate;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which model is active: two slot files, of which the one with the highest valid generation counts. A new model goes into
 * the slot that does not count, so the one before stays beside it; every write replaces one small file and is durable
 * when it returns.
 */
public final class ActivePointer {
    /** Starts that may fail before the other slot takes over. */
    public static final int MAX_TRIES = 3;
    private static final String[] FILES = {"slots/a", "slots/b"};

    private final Storage storage;
    private final Slot[] slots = new Slot[FILES.length];

    private ActivePointer(Storage storage) {
        this.storage = storage;
        storage.makeDirectory("slots");
        storage.syncDirectory("slots");
        for (int i = 0; i < FILES.length; i++) {
            slots[i] = storage.exists(FILES[i]) ? read(FILES[i]).orElse(null) : null;
        }
    }

    /** Reads both slots; a damaged one is as good as empty. */
    public static ActivePointer open(Storage storage) {
        return new ActivePointer(storage);
    }

    /** The slot that counts. */
    public Optional<Slot> current() {
        return Optional.ofNullable(slots[currentIndex()]);
    }

    /** The proven model beside the current one. */
    public Optional<Slot> lastGood() {
        return Optional.ofNullable(slots[1 - currentIndex()]).filter(slot -> slot.state() == Slot.State.GOOD);
    }

    /** Digests that a slot holds and that no collection may touch. */
    public Set<ContentDigest> pinned() {
        Set<ContentDigest> pinned = new HashSet<>();
        for (Slot slot : slots) {
            if (slot != null) {
                pinned.add(slot.digest());
            }
        }
        return pinned;
    }

    /** Whether a slot holds a model that failed to start as often as it may. */
    public boolean spent(ContentDigest digest) {
        return Arrays.stream(slots)
                .anyMatch(slot -> slot != null && slot.digest().equals(digest) && slot.tries() >= MAX_TRIES);
    }

    /** Switches to a model on trial; does nothing when it is the current one already. */
    public void trial(ContentDigest digest) {
        if (current().map(slot -> !slot.digest().equals(digest)).orElse(true)) {
            write(1 - currentIndex(), new Slot(digest, nextGeneration(), 0, Slot.State.TRIAL));
        }
    }

    /** Makes a model active at once and for good: an operator's choice, which needs no gate. */
    public void choose(ContentDigest digest) {
        trial(digest);
        good();
    }

    /** The current model has proven itself. */
    public void good() {
        current().filter(slot -> slot.state() != Slot.State.GOOD || slot.tries() != 0).ifPresent(
                slot -> write(currentIndex(), new Slot(slot.digest(), nextGeneration(), 0, Slot.State.GOOD)));
    }

    /** Goes back to the last good model; false when there is none. */
    public boolean rollBack() {
        Optional<Slot> good = lastGood();
        good.ifPresent(
                slot -> write(1 - currentIndex(), new Slot(slot.digest(), nextGeneration(), 0, Slot.State.GOOD)));
        return good.isPresent();
    }

    /** Never starts the model on trial again: it failed and there is none to go back to. */
    public void abandon() {
        current().ifPresent(slot -> write(currentIndex(),
                new Slot(slot.digest(), nextGeneration(), MAX_TRIES, Slot.State.TRIAL)));
    }

    /**
     * What to load at start. Counts the start before it is tried, so that a model that takes the machine down is left
     * after three: for the last good one if there is one; a proven model without another is tried for ever; a trial
     * without another leaves the device without a model.
     *
     * @param servable whether the store holds a file
     */
    public Optional<ContentDigest> start(Predicate<ContentDigest> servable) {
        boolean spent = current().map(slot -> slot.tries() >= MAX_TRIES || !servable.test(slot.digest())).orElse(true);
        if (spent && lastGood().map(Slot::digest).filter(servable).isPresent()) {
            rollBack();
        }
        return current().filter(slot -> servable.test(slot.digest()))
                .filter(slot -> slot.tries() < MAX_TRIES || slot.state() == Slot.State.GOOD).map(slot -> {
                    int tries = Math.min(slot.tries() + 1, MAX_TRIES);
                    write(currentIndex(), new Slot(slot.digest(), nextGeneration(), tries, slot.state()));
                    return slot.digest();
                });
    }

    /** The start succeeded: the model loaded and answered. */
    public void startedWell() {
        current().filter(slot -> slot.tries() != 0).ifPresent(
                slot -> write(currentIndex(), new Slot(slot.digest(), nextGeneration(), 0, slot.state())));
    }

    private int currentIndex() {
        if (slots[0] == null) {
            return slots[1] == null ? 0 : 1;
        }
        return slots[1] == null || slots[0].generation() >= slots[1].generation() ? 0 : 1;
    }

    private long nextGeneration() {
        return current().map(slot -> slot.generation() + 1).orElse(1L);
    }

    private void write(int index, Slot slot) {
        AtomicFile.write(storage, FILES[index], slot.encode());
        slots[index] = slot;
    }

    private Optional<Slot> read(String file) {
        try {
            return AtomicFile.read(storage, file, Slot.BYTES).flatMap(Slot::decode);
        } catch (RefusedException tooLong) {
            return Optional.empty();
        }
    }
}
