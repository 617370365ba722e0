/**
 * Many sequences in one batch: who gets a slot, which rows the next forward pass computes, which stored prefix is
 * used again.
 *
 * <p>Here: {@link dev.outpost.engine.schedule.Scheduler} and its parts. Not here: sampling, text, stop conditions;
 * those are a {@link dev.outpost.engine.schedule.Sequence}'s own. One thread, named {@code outpost-scheduler}, writes
 * all state but the waiting line, which has a lock; slots borrow their key-value memory from the model.
 */
package dev.outpost.engine.schedule;
