package dev.outpost.engine.kernels;

/**
 * One parallel step, cut into chunks. Made once and reused; its fields are set by the caller before
 * {@link WorkerPool#run}.
 *
 * <p>A worker that was not scheduled for a while may still compute a chunk of a step that is long over, from fields that
 * have changed: {@link #compute} must therefore write to its scratch alone. What it then leaves is dropped, as is
 * anything it throws.
 */
abstract class Region {

    /** Computes a chunk into the scratch. */
    abstract void compute(int chunk, KernelScratch scratch);

    /** Copies a chunk's result from the scratch to where the caller wants it; runs once for each chunk, and briefly. */
    abstract void commit(int chunk, KernelScratch scratch);
}
