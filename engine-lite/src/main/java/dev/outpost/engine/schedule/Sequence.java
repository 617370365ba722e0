package dev.outpost.engine.schedule;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.model.ForwardBatch.Output;
import java.util.OptionalLong;

/**
 * A list of tokens that the scheduler computes and that grows by what comes out: a prompt being continued, a text being
 * scored or embedded.
 *
 * <p>The scheduler calls every abstract method on its own thread, one at a time, and none after {@link #completed},
 * {@link #stopped} or {@link #failed}, of which it calls exactly one. A sequence may lose its slot and be
 * computed again in another; it sees each row's result once.
 */
public abstract class Sequence {

    private final RequestClass requestClass;
    private final String client;
    private final OptionalLong deadlineNanos;
    private volatile boolean cancelled;
    private volatile Runnable wake = () -> {};

    /** Scheduler's notes: written by its thread alone. */
    long submittedNanos;
    long arrival;
    int given;
    int answered;
    boolean begun;

    /** @param deadlineNanos {@link System#nanoTime()} after which the sequence ends */
    protected Sequence(RequestClass requestClass, String client, OptionalLong deadlineNanos) {
        this.requestClass = requestClass;
        this.client = client;
        this.deadlineNanos = deadlineNanos;
    }

    public final RequestClass requestClass() {
        return requestClass;
    }

    public final String client() {
        return client;
    }

    /** Ends the sequence within one step. Any thread, any number of times; does nothing once it has ended. */
    public final void cancel() {
        cancelled = true;
        wake.run();
    }

    /** Tells the scheduler that {@link #ready()} may have risen. Any thread. */
    protected final void wakeScheduler() {
        wake.run();
    }

    /** Tokens known so far. */
    protected abstract int length();

    /** The token at a position below {@link #length()}. */
    protected abstract int token(int position);

    /** What the row of a position is computed for. */
    protected abstract Output output(int position);

    /** Positions that may be computed now; less than {@link #length()} while results wait for their reader. */
    protected int ready() {
        return length();
    }

    /** Whether keys and values stored by another sequence of the same client may stand in for leading rows. */
    protected abstract boolean reusesPrefix();

    /**
     * The first rows will be computed now.
     *
     * @param cachedTokens leading tokens that a stored prefix covers
     */
    protected abstract void begin(int cachedTokens, long queuedNanos);

    /**
     * The result of a position, each once, in ascending order.
     *
     * @param result logits {@code [vocabulary]} or hidden state {@code [hidden]}, borrowed until the call returns
     * @return whether it made a token
     * @throws EngineException fails this sequence alone
     */
    protected abstract boolean accept(int position, float[] result);

    /** Nothing more is wanted. */
    protected abstract boolean finished();

    /** After {@link #finished()}: the slot has been given back, the outcome may be told. */
    protected abstract void completed();

    /** The sequence was cancelled or its deadline passed. */
    protected abstract void stopped(FinishReason reason);

    /** The sequence broke. */
    protected abstract void failed(EngineException cause);

    final void onWake(Runnable action) {
        wake = action;
    }

    final boolean isCancelled() {
        return cancelled;
    }

    final boolean isLate(long now) {
        return deadlineNanos.isPresent() && now - deadlineNanos.getAsLong() >= 0;
    }

    /** Nanoseconds until the deadline, at most {@code most}. */
    final long untilDeadline(long now, long most) {
        return deadlineNanos.isPresent() ? Math.min(most, deadlineNanos.getAsLong() - now) : most;
    }
}
