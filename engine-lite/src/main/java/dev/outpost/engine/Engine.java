package dev.outpost.engine;

import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.engine.prompt.ChatTemplate;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A loaded model that answers: the only door of this module.
 *
 * <p>Every method may be called from any thread. One scheduler thread of the engine's own runs all requests in
 * batches; {@link #close()} waits for its current step, ends what still runs and frees all memory once.
 */
public interface Engine extends AutoCloseable {

    /**
     * Loads a GGUF file: checks it, fits the memory plan, packs the weights and starts the scheduler.
     *
     * @throws dev.outpost.engine.failure.ModelRejectedException if the file is malformed or of a kind not run here
     * @throws dev.outpost.engine.failure.BudgetRefusedException if it does not fit; nothing large was allocated
     */
    static Engine open(Path file, EngineOptions options) {
        return LoadedEngine.open(file, options);
    }

    /**
     * The plan {@link #open} would load under, without loading. One that does not fit is returned, not thrown:
     * {@link MemoryPlan#fits()} says so.
     *
     * @throws dev.outpost.engine.failure.ModelRejectedException as {@link #open}
     */
    static MemoryPlan plan(Path file, EngineOptions options) {
        return LoadedEngine.plan(file, options);
    }

    /** What the model file says of itself. */
    ModelCard card();

    /** The memory plan this engine was loaded under, in bytes. */
    MemoryPlan plan();

    /** The instruction set the kernels use. */
    IsaLevel tier();

    Tokenizer tokenizer();

    /** The chat template of the model file; empty for a base model. */
    Optional<ChatTemplate> chatTemplate();

    /**
     * Queues a request and returns at once.
     *
     * @throws dev.outpost.engine.failure.RequestRefusedException if it can never run, or the queue is full
     */
    Generation generate(GenerationRequest request);

    /**
     * Mean over the positions of the final hidden state (after the last norm), not normalised.
     * Blocks until computed; runs in the same batches as everything else.
     *
     * @return [hidden]
     * @throws dev.outpost.engine.failure.RequestRefusedException if it does not fit the context or the queue
     */
    float[] embed(int[] tokens, RequestClass requestClass, String client) throws InterruptedException;

    /**
     * Teacher-forced logits of every position, in order, on the caller's thread.
     *
     * @param tokens at most the context of one request
     */
    void score(int[] tokens, LogitsSink sink) throws InterruptedException;

    /** Counters for metrics and the watchdog; cheap, takes no lock. */
    EngineStatus status();

    /** Refuses new requests from now on; those in flight go on. */
    void drain();

    @Override
    void close();

    /** Receives one row of logits. */
    @FunctionalInterface
    interface LogitsSink {
        /** @param logits [vocabulary], borrowed until the call returns */
        void accept(int position, float[] logits);
    }
}
