package dev.outpost.engine.schedule;

import dev.outpost.engine.RequestClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whose slot a waiting sequence may take where none is free. The one that loses it waits again and is computed anew;
 * its answer stays the same to the byte. Scheduler thread only.
 *
 * <p>Two rules. A higher class takes a slot from the lowest class that runs. Within a class, a client without a slot
 * that has waited {@value #PATIENCE_MILLIS} ms takes one from a client that holds at least two. In both the sequence
 * with the fewest computed tokens gives way, which loses the least.
 */
final class Preemption {

    static final long PATIENCE_MILLIS = 500;

    private final SlotTable slots;

    Preemption(SlotTable slots) {
        this.slots = slots;
    }

    Optional<Slot> victim(Sequence waiting, long now) {
        // The slot kept from the batch class is no ground for a batch sequence to take another's.
        RequestClass wanted = waiting.requestClass();
        List<Slot> lower = new ArrayList<>();
        List<Slot> level = new ArrayList<>();
        for (Slot slot : slots.all()) {
            if (!slot.isFree()) {
                int order = slot.sequence().requestClass().compareTo(wanted);
                if (order > 0) {
                    lower.add(slot);
                } else if (order == 0) {
                    level.add(slot);
                }
            }
        }
        if (!lower.isEmpty()) {
            return lower.stream().min(
                    Comparator.comparing((Slot slot) -> slot.sequence().requestClass(), Comparator.reverseOrder())
                            .thenComparingInt(Slot::stored));
        }
        boolean patient = now - waiting.submittedNanos < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        if (patient || held(level, waiting.client()) > 0) {
            return Optional.empty();
        }
        return level.stream().filter(slot -> held(level, slot.sequence().client()) > 1)
                .min(Comparator.comparingInt(Slot::stored));
    }

    private static long held(List<Slot> level, String client) {
        return level.stream().filter(slot -> slot.sequence().client().equals(client)).count();
    }
}
