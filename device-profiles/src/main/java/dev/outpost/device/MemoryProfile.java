package dev.outpost.device;

import java.util.OptionalLong;

/**
 * Memory, in bytes.
 *
 * @param total what the machine has
 * @param available what the kernel would give without swapping
 * @param limit the smallest limit of the control groups this process is in, ancestors included; empty: none
 * @param limitFree what is left below the tightest of those limits, reclaimable file pages counted as free
 */
public record MemoryProfile(long total, long available, OptionalLong limit, OptionalLong limitFree) {

    /** What this process may still take. */
    public long usable() {
        return Math.min(available, limitFree.orElse(available));
    }
}
