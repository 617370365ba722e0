package dev.outpost.engine.schedule;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.model.AbandonedForwardException;
import dev.outpost.engine.model.ForwardBatch;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.model.Model;
import dev.outpost.engine.telemetry.CliffReport;
import dev.outpost.engine.telemetry.PerformanceCliff;
import dev.outpost.engine.telemetry.StepEvent;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The scheduler's work, one turn at a time: sort in arrivals, end what was cancelled or is late, give out slots, compute
 * one batch, hand out its results. Scheduler thread only.
 */
final class Turns {

    /** Steps without long ones after one was abandoned, so that a prompt moves on between frequent short requests. */
    private static final int STEPS_OF_CAUTION = 32;

    private final Model model;
    private final ScheduleOptions options;
    private final WaitingLine line;
    private final Counters counters;
    private final CliffReport cliffs;
    private final BooleanSupplier closing;
    private final SlotTable slots;
    private final Preemption preemption;
    private final ClientShares shares = new ClientShares();
    private final BatchPlan plan;
    private final ChunkSize chunk;
    private final ForwardBatch batch;
    private long arrivals;
    private int cautious;

    Turns(Model model, ScheduleOptions options, WaitingLine line, Counters counters, CliffReport cliffs,
            BooleanSupplier closing) {
        this.model = model;
        this.options = options;
        this.line = line;
        this.counters = counters;
        this.cliffs = cliffs;
        this.closing = closing;
        this.slots = new SlotTable(options.slots(), options.context(), model::newKv);
        this.preemption = new Preemption(slots);
        this.plan = new BatchPlan(options.slots(), options.chunk().toNanos(), shares);
        this.chunk = new ChunkSize(options.maxRows());
        this.batch = new ForwardBatch(options.maxRows());
        countSlots();
    }

    /** @return false where there was nothing to compute */
    boolean turn() {
        for (Sequence arrived : line.sortIn()) {
            arrived.arrival = arrivals++;
            arrived.given = arrived.length();
            shares.enter(arrived.client());
        }
        long now = System.nanoTime();
        sweep(now);
        giveOutSlots(now);
        plan.fill(slots.all(), chunk, own -> cautious > 0 || line.waits(own));
        if (plan.isEmpty()) {
            return false;
        }
        step();
        return true;
    }

    /** Nanoseconds until the next deadline, at most {@code most}. */
    long untilDeadline(long most) {
        long now = System.nanoTime();
        long least = most;
        for (Sequence waiting : line.all()) {
            least = waiting.untilDeadline(now, least);
        }
        for (Slot slot : slots.all()) {
            if (!slot.isFree()) {
                least = slot.sequence().untilDeadline(now, least);
            }
        }
        return Math.max(1, least);
    }

    /**
     * Ends everything. Waiting sequences fail with {@code cause}.
     *
     * @param orderly running sequences stop as if cancelled; else they fail with {@code cause} too
     */
    void endAll(EngineException cause, boolean orderly) {
        line.sortIn().forEach(arrived -> shares.enter(arrived.client()));
        for (Sequence waiting : line.all()) {
            line.remove(waiting);
            waiting.failed(cause);
        }
        for (Slot slot : slots.all()) {
            if (!slot.isFree()) {
                Sequence sequence = slot.sequence();
                slot.release(System.nanoTime());
                if (orderly) {
                    sequence.stopped(FinishReason.CANCELLED);
                } else {
                    sequence.failed(cause);
                }
            }
        }
        countSlots();
    }

    private void sweep(long now) {
        if (!line.isEmpty()) {
            for (Sequence waiting : line.all()) {
                if (waiting.isCancelled() || waiting.isLate(now)) {
                    line.remove(waiting);
                    shares.leave(waiting.client());
                    waiting.stopped(waiting.isCancelled() ? FinishReason.CANCELLED : FinishReason.DEADLINE);
                }
            }
        }
        for (Slot slot : slots.all()) {
            if (!slot.isFree()) {
                Sequence sequence = slot.sequence();
                if (sequence.isCancelled() || sequence.isLate(now)) {
                    release(slot, now);
                    sequence.stopped(sequence.isCancelled() ? FinishReason.CANCELLED : FinishReason.DEADLINE);
                }
            }
        }
    }

    private void giveOutSlots(long now) {
        while (!line.isEmpty()) {
            Optional<Sequence> next = line.first(shares, waiting -> !slots.betterWait(waiting));
            if (next.isEmpty()) {
                return;
            }
            Sequence sequence = next.get();
            if (!hasRoom(sequence)) {
                Optional<Slot> victim = preemption.victim(sequence, now);
                if (victim.isEmpty()) {
                    return;
                }
                preempt(victim.get(), now);
            }
            line.remove(sequence);
            Slot slot = slots.place(sequence, now);
            if (!sequence.begun) {
                sequence.begun = true;
                counters.cached(slot.stored());
                sequence.begin(slot.stored(), now - sequence.submittedNanos);
            }
            countSlots();
        }
    }

    /** The last free slot is kept from batch sequences, so that the others start at once. */
    private boolean hasRoom(Sequence sequence) {
        boolean batchClass = sequence.requestClass() == RequestClass.BATCH;
        return slots.free() > (batchClass && options.slots() > 1 ? 1 : 0);
    }

    private void preempt(Slot slot, long now) {
        Sequence victim = slot.sequence();
        cliffs.met(PerformanceCliff.GENERATION_PREEMPTED,
                "class=" + victim.requestClass() + ", computedTokens=" + slot.stored());
        slot.release(now);
        line.putBack(victim);
    }

    private void step() {
        StepEvent event = new StepEvent();
        event.begin();
        addRows();
        long start = System.nanoTime();
        try {
            model.forward(batch);
        } catch (AbandonedForwardException e) {
            cautious = STEPS_OF_CAUTION;
            return;
        } catch (RuntimeException | Error e) {
            failStep(e);
            return;
        }
        long nanos = System.nanoTime() - start;
        if (plan.promptRows() > 0 && chunk.observe(batch.rows(), nanos, plan.boundNanos())) {
            cliffs.met(PerformanceCliff.CHUNK_OVER_BOUND, "rows=" + batch.rows() + ", millis=" + nanos / 1_000_000
                    + ", boundMillis=" + options.chunk().toMillis());
        }
        cautious = Math.max(0, cautious - 1);
        counters.step(givenRows());
        handOut();
        if (event.shouldCommit()) {
            event.decodeRows = plan.decodeRows();
            event.promptRows = plan.promptRows();
            event.running = counters.running();
            event.queued = line.size();
            event.commit();
        }
    }

    private void addRows() {
        batch.clear();
        for (int i = 0; i < plan.slots().size(); i++) {
            Slot slot = plan.slots().get(i);
            Sequence sequence = slot.sequence();
            for (int row = 0; row < plan.rows(i); row++) {
                int position = slot.stored() + row;
                Output output = position < sequence.answered ? Output.NONE : sequence.output(position);
                batch.add(sequence.token(position), position, slot.kv(), output);
            }
        }
        if (plan.isLone()) {
            batch.giveUpWhen(this::hasBetterToDo);
        }
    }

    /** While a long step runs: the engine closes, something no lower than the prompt arrived, or part of it ended. */
    private boolean hasBetterToDo() {
        RequestClass highest = RequestClass.BATCH;
        long now = System.nanoTime();
        for (Slot slot : plan.slots()) {
            Sequence sequence = slot.sequence();
            if (sequence.isCancelled() || sequence.isLate(now)) {
                return true;
            }
            highest = sequence.requestClass().compareTo(highest) < 0 ? sequence.requestClass() : highest;
        }
        return closing.getAsBoolean() || line.hasArrival(highest);
    }

    /** Rows of this step whose tokens came with the request. */
    private int givenRows() {
        int given = 0;
        for (int i = 0; i < plan.slots().size(); i++) {
            Slot slot = plan.slots().get(i);
            given += Math.clamp(slot.sequence().given - slot.stored(), 0, plan.rows(i));
        }
        return given;
    }

    private void handOut() {
        int row = 0;
        for (int i = 0; i < plan.slots().size(); i++) {
            Slot slot = plan.slots().get(i);
            Sequence sequence = slot.sequence();
            shares.charge(sequence.client(), plan.rows(i));
            int first = slot.stored();
            for (int position = first; position < first + plan.rows(i); position++) {
                slot.computed(sequence.token(position));
            }
            for (int k = 0; k < plan.rows(i) && !slot.isFree(); k++) {
                accept(slot, sequence, first + k, row + k);
            }
            row += plan.rows(i);
        }
    }

    private void accept(Slot slot, Sequence sequence, int position, int row) {
        if (position < sequence.answered) {
            return;
        }
        sequence.answered = position + 1;
        Output output = sequence.output(position);
        if (output == Output.NONE) {
            return;
        }
        try {
            if (sequence.accept(position, batch.result(row))) {
                counters.generated();
            }
        } catch (RuntimeException | Error e) {
            slot.forget();
            release(slot, System.nanoTime());
            sequence.failed(e instanceof EngineException known
                    ? known
                    : new EngineFaultException("sequence_failed", "a result could not be used: " + e, e));
            return;
        }
        if (sequence.finished()) {
            release(slot, System.nanoTime());
            sequence.completed();
        }
    }

    private void failStep(Throwable cause) {
        EngineException fault = cause instanceof EngineException known
                ? known
                : new EngineFaultException("forward_failed", "a batch could not be computed: rows=" + batch.rows(),
                        cause);
        for (Slot slot : plan.slots()) {
            Sequence sequence = slot.sequence();
            slot.forget();
            release(slot, System.nanoTime());
            sequence.failed(fault);
        }
        counters.step(0);
    }

    private void release(Slot slot, long now) {
        shares.leave(slot.sequence().client());
        slot.release(now);
        countSlots();
    }

    private void countSlots() {
        int free = slots.free();
        counters.slots(options.slots() - free, free);
    }
}
