package dev.outpost.engine.schedule;

import dev.outpost.engine.RequestClass;
import dev.outpost.engine.kernels.KvStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** All slots: finds the one a sequence starts in, with the longest stored prefix at hand. Scheduler thread only. */
final class SlotTable {

    /** Below this a copy costs more than it saves: the rows fit into the chunk that is computed anyway. */
    private static final int LEAST_COPY = 16;
    /** Tokens that make it worth waiting for another prompt of the same client: about two chunks. */
    private static final int LEAST_WAIT = 32;
    /** How long an alarm's or a normal client's prefix is spared while a lower class's is there to be overwritten. */
    private static final long SPARED_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final List<Slot> slots = new ArrayList<>();

    SlotTable(int count, int context, Supplier<KvStore> memory) {
        for (int i = 0; i < count; i++) {
            slots.add(new Slot(memory.get(), context));
        }
    }

    List<Slot> all() {
        return slots;
    }

    int free() {
        int free = 0;
        for (Slot slot : slots) {
            free += slot.isFree() ? 1 : 0;
        }
        return free;
    }

    /** Whether a prompt that is being computed will lend a prefix much longer than any stored one. */
    boolean betterWait(Sequence sequence) {
        if (!sequence.reusesPrefix()) {
            return false;
        }
        int stored = 0;
        int coming = 0;
        for (Slot slot : slots) {
            stored = Math.max(stored, slot.commonPrefix(sequence));
            coming = Math.max(coming, slot.comingPrefix(sequence));
        }
        return coming - stored >= LEAST_WAIT;
    }

    /**
     * Puts a sequence into a free slot; there must be one.
     *
     * <p>The free slot with the longest common prefix is taken as it is, unless more than half of what it stores would
     * be lost while another free slot could take a copy, or a running slot shares a longer prefix to copy.
     */
    Slot place(Sequence sequence, long now) {
        if (!sequence.reusesPrefix()) {
            Slot slot = cheapest(now, candidate -> true).orElseThrow();
            slot.take(sequence, 0);
            return slot;
        }
        Slot donor = longest(sequence, slot -> true);
        int common = donor.commonPrefix(sequence);
        Slot best = longest(sequence, Slot::isFree);
        int own = best.commonPrefix(sequence);
        if (own < common && common - own < LEAST_COPY) {
            common = own;
            donor = best;
        }
        if (donor.isFree() && (common >= donor.stored() / 2 || common < LEAST_COPY)) {
            return common == 0 ? takeFresh(sequence, now) : take(donor, sequence, common);
        }
        Slot from = donor;
        Optional<Slot> target = cheapest(now, slot -> slot != from);
        if (target.isEmpty()) {
            return take(from, sequence, common);
        }
        target.get().copyPrefix(from, common);
        return take(target.get(), sequence, common);
    }

    private Slot takeFresh(Sequence sequence, long now) {
        return take(cheapest(now, slot -> true).orElseThrow(), sequence, 0);
    }

    private static Slot take(Slot slot, Sequence sequence, int kept) {
        slot.take(sequence, kept);
        return slot;
    }

    private Slot longest(Sequence sequence, Predicate<Slot> among) {
        Slot best = null;
        int most = -1;
        for (Slot slot : slots) {
            if (among.test(slot)) {
                int common = slot.commonPrefix(sequence);
                // Of equals a free slot, so that nothing is copied without need.
                if (common > most || common == most && !best.isFree() && slot.isFree()) {
                    best = slot;
                    most = common;
                }
            }
        }
        return best;
    }

    /** The free slot whose content is missed least: empty, then the lowest class used lately, then the oldest. */
    private Optional<Slot> cheapest(long now, Predicate<Slot> among) {
        return slots.stream().filter(Slot::isFree).filter(among)
                .min(Comparator.<Slot>comparingInt(slot -> slot.stored() == 0 ? 0 : 1)
                        .thenComparing(slot -> sparedAs(slot, now), Comparator.reverseOrder())
                        .thenComparingLong(Slot::lastUsedNanos));
    }

    private static RequestClass sparedAs(Slot slot, long now) {
        return now - slot.lastUsedNanos() < SPARED_NANOS ? slot.lastClass() : RequestClass.BATCH;
    }
}
