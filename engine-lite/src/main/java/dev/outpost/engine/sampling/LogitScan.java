package dev.outpost.engine.sampling;

import dev.outpost.engine.failure.EngineFaultException;

/** One pass over a row of logits: the largest, and a check that all are finite. */
final class LogitScan {

    private LogitScan() {}

    /**
     * Index of the largest logit; the lowest of equals.
     *
     * <p>Both branches are almost never taken, so the plain loop runs at the speed of memory; vector reductions of the
     * compiler were measured and are slower.
     *
     * @throws EngineFaultException {@code sampler_failed} if any logit is NaN or infinite
     */
    static int argmax(float[] logits, int vocabulary) {
        float best = Float.NEGATIVE_INFINITY;
        int at = 0;
        for (int i = 0; i < vocabulary; i++) {
            float logit = logits[i];
            // Written so that a NaN enters the first branch; an infinity enters one of the two.
            if (!(logit <= best)) {
                if (!(logit <= Float.MAX_VALUE)) {
                    throw notFinite(logit, i);
                }
                best = logit;
                at = i;
            } else if (logit < -Float.MAX_VALUE) {
                throw notFinite(logit, i);
            }
        }
        return at;
    }

    private static EngineFaultException notFinite(float logit, int id) {
        return new EngineFaultException("sampler_failed", "logit is not finite: token=" + id + ", found=" + logit,
                null);
    }
}
