package dev.outpost.engine.model;

import dev.outpost.engine.kernels.KvStore;

/**
 * A loaded model: token ids in, logits or hidden states out.
 *
 * <p>One thread at a time; the scheduler's. {@link #close()} frees weights and every {@link KvStore} at once; a second
 * close does nothing.
 */
public interface Model extends AutoCloseable {

    ModelShape shape();

    /**
     * The next free slot, {@link ModelShape#context()} tokens long, zeroed; owned by the model.
     *
     * @throws IllegalStateException if the plan's {@code parallel} slots are all given out
     */
    KvStore newKv();

    /**
     * Computes every row of {@code batch}: stores its key and value in its slot, attends to positions 0 to its own,
     * and fills the results that were asked for. The bits of a row's result depend on the tokens before it in its slot
     * and on nothing else: not on the other rows, the split into batches, the thread count or the tier.
     *
     * @throws IllegalArgumentException if a token or position is out of range
     * @throws AbandonedForwardException if the caller gave up; what the slots held before is untouched
     */
    void forward(ForwardBatch batch);

    @Override
    void close();
}
