package dev.outpost.engine.telemetry;

/** Each way the engine can be right but much slower than it should be. */
public enum PerformanceCliff {
    /** The smallest chunk of prompt takes longer than the configured bound, so cancelling and decoding wait for it. */
    CHUNK_OVER_BOUND("a chunk of prompt takes longer than the bound"),
    /** A running generation gave its slot to a higher class or another client; its tokens are computed again. */
    GENERATION_PREEMPTED("a generation gave its slot away and will compute its tokens again"),
    /** The readable kernels run instead of the fast ones. */
    SCALAR_KERNELS("the scalar kernels run, which are for checking, not for speed");

    private final String fact;

    PerformanceCliff(String fact) {
        this.fact = fact;
    }

    /** What happens, as a lower-case clause. */
    public String fact() {
        return fact;
    }
}
