package dev.outpost.engine.model;

import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.model.ForwardBatch.Output;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A model for scheduler tests: its logits are a function of the tokens it finds in the slot's key-value memory, so a
 * row computed too early, twice in the wrong place or over a wrongly reused prefix changes the answer. It also checks
 * that one thread calls it, in order.
 */
public final class ScriptedModel implements Model {

    /** Fills the logits that follow a history. */
    @FunctionalInterface
    public interface Rule {
        void logits(int[] history, float[] logits);
    }

    /** Rows of one step. */
    public record Step(int rows, int slots) {}

    public static final int HIDDEN = 4;

    private final int vocabulary;
    private final int context;
    private final Rule rule;
    private final Arena arena = Arena.ofShared();
    private final List<Step> steps = new ArrayList<>();
    private final AtomicReference<Thread> caller = new AtomicReference<>();
    private volatile long nanosPerStep;
    private volatile long nanosPerRow;
    private volatile boolean broken;
    private volatile int stores;

    public ScriptedModel(int vocabulary, int context, Rule rule) {
        this.vocabulary = vocabulary;
        this.context = context;
        this.rule = rule;
    }

    /** Pseudo-random logits from a hash of the whole history. */
    public static Rule hashed() {
        return (history, logits) -> {
            long state = 1469598103934665603L;
            for (int token : history) {
                state = (state ^ token) * 1099511628211L;
            }
            for (int i = 0; i < logits.length; i++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                logits[i] = (state >> 40) * 0x1.0p-21f;
            }
        };
    }

    /** Always the token the list has after a prompt of {@code promptLength}; the last one for ever. */
    public static Rule forced(int promptLength, int... tokens) {
        return (history, logits) -> {
            int next = Math.clamp(history.length - promptLength, 0, tokens.length - 1);
            logits[tokens[next]] = 10;
        };
    }

    /** Each step takes this long, as a forward pass over weights would. */
    public ScriptedModel taking(long stepNanos, long rowNanos) {
        nanosPerStep = stepNanos;
        nanosPerRow = rowNanos;
        return this;
    }

    /** From now on, or no longer, every forward throws. */
    public void breakForward(boolean value) {
        broken = value;
    }

    public synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    @Override
    public ModelShape shape() {
        return new ModelShape("scripted", 1, HIDDEN, vocabulary, context, 256, context);
    }

    @Override
    public KvStore newKv() {
        stores++;
        MemorySegment memory = arena.allocate(KvStore.bytes(KvType.F16, 1, 1, 2, context), 64);
        return new KvStore(memory, KvType.F16, 1, 1, 2, context);
    }

    public int stores() {
        return stores;
    }

    @Override
    public void forward(ForwardBatch batch) {
        caller.compareAndSet(null, Thread.currentThread());
        if (caller.get() != Thread.currentThread()) {
            throw new IllegalStateException("a second thread calls the model");
        }
        record(batch);
        long until = System.nanoTime() + nanosPerStep + nanosPerRow * batch.rows();
        while (System.nanoTime() < until) {
            batch.checkWanted();
            LockSupport.parkNanos(Math.min(1_000_000, until - System.nanoTime()));
        }
        if (broken) {
            throw new IllegalStateException("the model is broken");
        }
        for (int row = 0; row < batch.rows(); row++) {
            compute(batch, row);
        }
    }

    private synchronized void record(ForwardBatch batch) {
        int slots = 0;
        for (int row = 0; row < batch.rows(); row++) {
            slots += row == 0 || batch.slots()[row] != batch.slots()[row - 1] ? 1 : 0;
        }
        steps.add(new Step(batch.rows(), slots));
    }

    private void compute(ForwardBatch batch, int row) {
        KvStore slot = batch.slots()[row];
        int position = batch.positions()[row];
        MemorySegment memory = slot.memory();
        long base = slot.valueOffset(0, 0);
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + (long) position * slot.tokenBytes(), batch.tokens()[row]);
        if (batch.output(row) == Output.NONE) {
            return;
        }
        int[] history = new int[position + 1];
        for (int i = 0; i <= position; i++) {
            history[i] = memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + (long) i * slot.tokenBytes());
        }
        if (batch.output(row) == Output.HIDDEN) {
            float[] hidden = batch.target(row, HIDDEN);
            for (int i = 0; i < HIDDEN; i++) {
                hidden[i] = history[position] + i * position;
            }
        } else {
            float[] logits = batch.target(row, vocabulary);
            java.util.Arrays.fill(logits, 0);
            rule.logits(history, logits);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
