package dev.outpost.engine.schedule;

import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.RequestRefusedException.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Predicate;

/**
 * Sequences without a slot. Any thread adds, up to a bound per class; the scheduler's thread sorts them into classes
 * and takes them out.
 */
final class WaitingLine {

    private final int limit;
    private final Queue<Sequence> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicIntegerArray counts = new AtomicIntegerArray(RequestClass.values().length);
    private final List<List<Sequence>> classes = new ArrayList<>();

    WaitingLine(int limit) {
        this.limit = limit;
        for (int i = 0; i < counts.length(); i++) {
            classes.add(new ArrayList<>());
        }
    }

    /**
     * Any thread.
     *
     * @param freeSlots slots the class could start in at once; they do not count as waiting
     * @throws RequestRefusedException {@code QUEUE_FULL}
     */
    void add(Sequence sequence, int freeSlots) {
        int index = sequence.requestClass().ordinal();
        int waiting = counts.getAndUpdate(index, count -> count < limit + freeSlots ? count + 1 : count);
        if (waiting >= limit + freeSlots) {
            throw new RequestRefusedException(Reason.QUEUE_FULL, "class", "queue is full: class="
                    + sequence.requestClass() + ", limit=" + limit + ", found=" + waiting);
        }
        arrivals.add(sequence);
    }

    /** Takes back what was added and not yet sorted in; false where the scheduler was first. Any thread. */
    boolean withdraw(Sequence sequence) {
        if (!arrivals.remove(sequence)) {
            return false;
        }
        counts.decrementAndGet(sequence.requestClass().ordinal());
        return true;
    }

    /** Waiting sequences of all classes. Any thread. */
    int size() {
        int size = 0;
        for (int i = 0; i < counts.length(); i++) {
            size += counts.get(i);
        }
        return size;
    }

    /** Whether something of this class or a higher one has come and is not sorted in. Any thread. */
    boolean hasArrival(RequestClass least) {
        for (Sequence arrival : arrivals) {
            if (arrival.requestClass().compareTo(least) <= 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether something of this class or a higher one is sorted in. */
    boolean waits(RequestClass least) {
        for (int i = 0; i <= least.ordinal(); i++) {
            if (!classes.get(i).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Sorts in what has arrived and reports each. */
    List<Sequence> sortIn() {
        List<Sequence> sorted = new ArrayList<>();
        for (Sequence next = arrivals.poll(); next != null; next = arrivals.poll()) {
            classes.get(next.requestClass().ordinal()).add(next);
            sorted.add(next);
        }
        return sorted;
    }

    /** A sequence that lost its slot waits again, beyond the bound if need be. */
    void putBack(Sequence sequence) {
        counts.incrementAndGet(sequence.requestClass().ordinal());
        classes.get(sequence.requestClass().ordinal()).add(sequence);
    }

    /**
     * Who comes next: highest class, then least served client, then first come.
     *
     * @param ready leaves out those that had better wait
     */
    Optional<Sequence> first(ClientShares shares, Predicate<Sequence> ready) {
        return classes.stream().map(waiting -> waiting.stream().filter(ready).toList())
                .filter(waiting -> !waiting.isEmpty()).findFirst().map(waiting -> waiting.stream()
                        .min(Comparator.comparingLong((Sequence sequence) -> shares.served(sequence.client()))
                                .thenComparingLong(sequence -> sequence.arrival))
                        .orElseThrow());
    }

    void remove(Sequence sequence) {
        if (classes.get(sequence.requestClass().ordinal()).remove(sequence)) {
            counts.decrementAndGet(sequence.requestClass().ordinal());
        }
    }

    /** A copy of all that are sorted in. */
    List<Sequence> all() {
        return classes.stream().flatMap(Collection::stream).toList();
    }

    boolean isEmpty() {
        for (List<Sequence> waiting : classes) {
            if (!waiting.isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
