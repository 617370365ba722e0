package dev.outpost.engine.schedule;

import java.time.Duration;

/**
 * Limits of a {@link Scheduler}.
 *
 * @param slots sequences that run at once, at least 1
 * @param context tokens of one sequence, prompt and answer
 * @param maxRows most rows of one forward pass; at least {@code slots}
 * @param chunk longest time of a step that holds prompt rows; the smallest chunk of 8 rows may exceed it
 * @param queueLimit waiting sequences per class before more are refused
 */
public record ScheduleOptions(int slots, int context, int maxRows, Duration chunk, int queueLimit) {

    public ScheduleOptions {
        check("slots", slots, 1);
        check("context", context, 1);
        check("maxRows", maxRows, slots);
        check("queueLimit", queueLimit, 1);
        if (!chunk.isPositive()) {
            throw new IllegalArgumentException("chunk out of range: expected > 0, found=" + chunk);
        }
    }

    private static void check(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " out of range: expected >= " + least + ", found=" + value);
        }
    }
}
