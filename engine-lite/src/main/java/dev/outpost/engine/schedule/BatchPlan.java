package dev.outpost.engine.schedule;

import dev.outpost.engine.RequestClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which slots compute how many rows in the next step: one row for each sequence that waits for its next token, and
 * prompt rows up to the chunk size. Scheduler thread only; reused.
 *
 * <p>While an alarm runs, batch sequences are left out altogether. While a higher class decodes, a lower one's prompt
 * gets the least chunk, so that it moves without slowing the other's tokens by a whole chunk. A prompt that is alone
 * in its class, with no higher class beside it, gets a longer step, which uses the weights better; it is abandoned between
 * two layers when something that counts comes up.
 */
final class BatchPlan {

    /** Chunks in a row that a lone prompt may take as one: what is lost at most when the step is abandoned. */
    private static final int LONE_CHUNKS = 8;

    private final List<Slot> slots = new ArrayList<>();
    private final List<Slot> prompts = new ArrayList<>();
    private final int[] rows;
    private final ClientShares shares;
    private final Comparator<Slot> promptOrder;
    private final long boundNanos;
    private int decodeRows;
    private int promptRows;
    private boolean lone;

    BatchPlan(int slotCount, long boundNanos, ClientShares shares) {
        this.boundNanos = boundNanos;
        this.rows = new int[slotCount];
        this.shares = shares;
        this.promptOrder = Comparator.comparing((Slot slot) -> slot.sequence().requestClass())
                .thenComparingLong(slot -> this.shares.served(slot.sequence().client()))
                .thenComparingLong(slot -> slot.sequence().arrival);
    }

    /** @param othersWait whether a sequence of this class or a higher one waits for a slot, or may soon */
    void fill(List<Slot> all, ChunkSize chunk, Predicate<RequestClass> othersWait) {
        slots.clear();
        prompts.clear();
        decodeRows = 0;
        promptRows = 0;
        boolean alarm = runs(all, RequestClass.ALARM);
        RequestClass decoding = RequestClass.BATCH;
        for (Slot slot : all) {
            if (slot.isFree() || alarm && slot.sequence().requestClass() == RequestClass.BATCH) {
                continue;
            }
            int pending = slot.pending();
            if (pending == 1) {
                add(slot, 1);
                decodeRows++;
                decoding = higher(decoding, slot.sequence().requestClass());
            } else if (pending > 1) {
                prompts.add(slot);
            }
        }
        prompts.sort(promptOrder);
        lone = !prompts.isEmpty() && isLone(prompts.getFirst(), all, othersWait);
        addPrompts(chunk.rows(decodeRows, boundNanos()), decoding);
    }

    /** Whether nothing of a prompt's class or a higher one runs or waits beside it, so that a longer step is right. */
    boolean isLone() {
        return lone;
    }

    /** Longest time of this step. */
    long boundNanos() {
        return lone ? LONE_CHUNKS * boundNanos : boundNanos;
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    List<Slot> slots() {
        return slots;
    }

    /** Rows of the slot at an index of {@link #slots()}. */
    int rows(int index) {
        return rows[index];
    }

    int decodeRows() {
        return decodeRows;
    }

    int promptRows() {
        return promptRows;
    }

    private void addPrompts(int budget, RequestClass decoding) {
        for (Slot slot : prompts) {
            boolean behind = decodeRows > 0 && slot.sequence().requestClass().compareTo(decoding) > 0;
            int room = (behind ? ChunkSize.LEAST : budget) - promptRows;
            int take = Math.min(slot.pending(), room);
            if (take <= 0) {
                return;
            }
            add(slot, take);
            promptRows += take;
        }
    }

    private void add(Slot slot, int count) {
        rows[slots.size()] = count;
        slots.add(slot);
    }

    private static boolean isLone(Slot prompt, List<Slot> all, Predicate<RequestClass> othersWait) {
        RequestClass own = prompt.sequence().requestClass();
        for (Slot slot : all) {
            if (slot != prompt && !slot.isFree() && slot.sequence().requestClass().compareTo(own) <= 0) {
                return false;
            }
        }
        return !othersWait.test(own);
    }

    private static boolean runs(List<Slot> all, RequestClass wanted) {
        for (Slot slot : all) {
            if (!slot.isFree() && slot.sequence().requestClass() == wanted) {
                return true;
            }
        }
        return false;
    }

    private static RequestClass higher(RequestClass a, RequestClass b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
