package dev.outpost.engine.session;

import dev.outpost.engine.Engine.LogitsSink;
import dev.outpost.engine.FinishReason;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.schedule.Sequence;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Logits of every position, read by the caller on its own thread. At most {@link #WINDOW} rows are computed ahead of
 * the reader: memory stays bounded and a slow reader holds up nobody else.
 */
final class Scoring extends Sequence {

    /** Rows of logits in flight; half of them are one batch. */
    static final int WINDOW = 16;

    /** What crosses to the reader: a row, or the end. */
    private sealed interface Delivery {
        record Row(int position, float[] logits) implements Delivery {}

        record End() implements Delivery {}

        record Fault(EngineException cause) implements Delivery {}
    }

    private final int[] tokens;
    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    private final Queue<float[]> spare = new ConcurrentLinkedQueue<>();
    private int accepted;
    private volatile int allowed = WINDOW;

    Scoring(int[] tokens, RequestClass requestClass, String client) {
        super(requestClass, client, OptionalLong.empty());
        this.tokens = tokens.clone();
    }

    /** Hands every row to the sink; leaves no work behind, however it ends. */
    void read(LogitsSink sink) throws InterruptedException {
        try {
            for (boolean more = true; more;) {
                more = switch (deliveries.take()) {
                    case Delivery.Row row -> {
                        sink.accept(row.position(), row.logits());
                        spare.add(row.logits());
                        allow(row.position() + 1);
                        yield true;
                    }
                    case Delivery.End end -> false;
                    case Delivery.Fault fault -> throw fault.cause();
                };
            }
        } finally {
            cancel();
        }
    }

    /** In strides, so that the scheduler gets batches and not single rows. */
    private void allow(int read) {
        if (read % (WINDOW / 2) == 0) {
            allowed = read + WINDOW;
            wakeScheduler();
        }
    }

    @Override
    protected int length() {
        return tokens.length;
    }

    @Override
    protected int ready() {
        return Math.min(tokens.length, Math.min(allowed, accepted + WINDOW / 2));
    }

    @Override
    protected int token(int position) {
        return tokens[position];
    }

    @Override
    protected Output output(int position) {
        return Output.LOGITS;
    }

    @Override
    protected boolean reusesPrefix() {
        return false;
    }

    @Override
    protected void begin(int cachedTokens, long queuedNanos) {}

    @Override
    protected boolean accept(int position, float[] logits) {
        float[] row = spare.poll();
        if (row == null) {
            row = new float[logits.length];
        }
        System.arraycopy(logits, 0, row, 0, logits.length);
        checkFinite(position, row);
        deliveries.add(new Delivery.Row(position, row));
        accepted++;
        return false;
    }

    private static void checkFinite(int position, float[] row) {
        for (int id = 0; id < row.length; id++) {
            if (!Float.isFinite(row[id])) {
                throw new EngineFaultException("scoring_failed",
                        "logit is not finite: position=" + position + ", token=" + id + ", found=" + row[id], null);
            }
        }
    }

    @Override
    protected boolean finished() {
        return accepted == tokens.length;
    }

    @Override
    protected void completed() {
        deliveries.add(new Delivery.End());
    }

    @Override
    protected void stopped(FinishReason reason) {
        deliveries.add(new Delivery.Fault(Outcomes.ended()));
    }

    @Override
    protected void failed(EngineException cause) {
        deliveries.add(new Delivery.Fault(cause));
    }
}
