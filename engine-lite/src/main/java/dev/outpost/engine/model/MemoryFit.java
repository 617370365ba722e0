package dev.outpost.engine.model;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.RopeAngles;
import dev.outpost.engine.memory.MemoryPlan;
import java.util.ArrayList;

/**
 * Fits a model to a budget before anything large is allocated. Shrinks in this order: context to no less than
 * {@link #LEAST_CONTEXT}, then slots to one, then refuses.
 */
final class MemoryFit {

    /** A chat shorter than this is no use. */
    static final int LEAST_CONTEXT = 512;

    /** No model is trained with more; keeps sizes within the range of their types. */
    private static final int MOST_CONTEXT = 1 << 24;

    /** Rows of one batch: a chunk of prompt at full speed, halved while the heap is too small. */
    private static final int MOST_ROWS = 128;
    private static final int LEAST_ROWS = 16;

    /** Prompt rows that must fit beside a decode row of every slot. */
    private static final int LEAST_CHUNK = 8;

    /** Rows of logits held by one request that asks for all of them, half of them results of a batch. */
    private static final int SCORED_ROWS = 24;

    /** Measured: heap of a serving process that does not grow with the model, new objects' space counted. */
    private static final long HEAP_FLOOR = 20L << 20;

    /** Measured: heap of a vocabulary with its merges, per byte of metadata. */
    private static final int HEAP_PER_METADATA_BYTE = 6;

    private final Configuration c;
    private final PlanRequest request;
    private final long weights;
    private final long metadataBytes;

    MemoryFit(Configuration configuration, PlanRequest request, long weights, long metadataBytes) {
        this.c = configuration;
        this.request = request;
        this.weights = weights;
        this.metadataBytes = metadataBytes;
    }

    /** A plan; it may not fit, see {@link MemoryPlan#fits()}. */
    MemoryPlan plan() {
        int asked = askedContext();
        int least = Math.min(asked, LEAST_CONTEXT);
        int parallel = request.parallel();
        while (parallel > 1 && !fits(least, parallel)) {
            parallel--;
        }
        return plan(longestContext(least, asked, parallel), parallel);
    }

    /** Rows of one batch that the heap has room for. */
    int maxRows(MemoryPlan plan) {
        int rows = MOST_ROWS;
        while (rows > LEAST_ROWS && heapNeeded(plan.context(), plan.parallel(), rows) > request.heapBytes()) {
            rows /= 2;
        }
        return Math.max(rows, plan.parallel() + LEAST_CHUNK);
    }

    /** @throws BudgetRefusedException with the numbers */
    void requireFits(MemoryPlan plan) {
        if (!plan.fits()) {
            throw new BudgetRefusedException(plan.total(), plan.budget(),
                    "even with context=" + plan.context() + ", parallel=" + plan.parallel() + ": " + plan.parts());
        }
        long heap = heapNeeded(plan.context(), plan.parallel(), maxRows(plan));
        if (heap > request.heapBytes()) {
            throw new BudgetRefusedException(heap, request.heapBytes(), "the java heap is too small for this model");
        }
    }

    private int askedContext() {
        return Math.min(Math.min(request.context(), c.trainedContext()), MOST_CONTEXT);
    }

    private boolean fits(int context, int parallel) {
        return plan(context, parallel).fits() && heapNeeded(context, parallel, LEAST_ROWS) <= request.heapBytes();
    }

    private int longestContext(int least, int most, int parallel) {
        if (fits(most, parallel)) {
            return most;
        }
        int fits = least;
        int tooMany = most;
        while (tooMany - fits > 1) {
            int middle = fits + (tooMany - fits) / 2;
            if (fits(middle, parallel)) {
                fits = middle;
            } else {
                tooMany = middle;
            }
        }
        return fits;
    }

    private MemoryPlan plan(int context, int parallel) {
        var reduced = new ArrayList<String>();
        if (context < askedContext()) {
            reduced.add("context");
        }
        if (parallel < request.parallel()) {
            reduced.add("parallel");
        }
        long kv = Math.multiplyExact(kvBytes(context), (long) parallel);
        long scratch = scratch(context, parallel, MOST_ROWS);
        return new MemoryPlan(weights, kv, scratch, heapBesideScratch(), request.jvmBytes(), request.budgetBytes(),
                context, parallel, reduced);
    }

    long kvBytes(int context) {
        return KvStore.bytes(request.kvType(), c.layers(), c.kvHeads(), c.headDim(), context);
    }

    private long heapNeeded(int context, int parallel, int rows) {
        return scratch(context, parallel, rows) + heapBesideScratch();
    }

    private long heapBesideScratch() {
        return HEAP_FLOOR + HEAP_PER_METADATA_BYTE * metadataBytes;
    }

    private long scratch(int context, int parallel, int rows) {
        return ForwardPass.bytes(c, rows, Math.max(parallel, SCORED_ROWS))
                + RopeAngles.bytes(context, c.rope().dimensions() / 2);
    }
}
