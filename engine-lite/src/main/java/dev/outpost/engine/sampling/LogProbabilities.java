package dev.outpost.engine.sampling;

import dev.outpost.engine.failure.EngineFaultException;

/**
 * Natural log-probabilities under the raw logits: {@code l - max - log(sum of exp(l - max))}, in double, summed in id
 * order. One thread; {@link #read} first, the answers hold until the next read.
 */
public final class LogProbabilities {

    private final int[] bestIds;
    private final float[] bestLogits;
    private int bestCount;
    private float[] logits = new float[0];
    private double logSum;

    /** @param most most alternatives {@link #topId} will be asked for */
    public LogProbabilities(int most) {
        bestIds = new int[most];
        bestLogits = new float[most];
    }

    /**
     * @param row [vocabulary], borrowed until the next call
     * @throws EngineFaultException {@code sampler_failed} if a logit is NaN or infinite
     */
    public void read(float[] row, int vocabulary) {
        logits = row;
        double best = row[LogitScan.argmax(row, vocabulary)];
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            sum += Exponential.of(row[i] - best);
        }
        logSum = best + StrictMath.log(sum);
        rank(row, vocabulary);
    }

    public float of(int id) {
        return (float) (logits[id] - logSum);
    }

    /** How many alternatives are held: what the constructor was told, or the vocabulary where that is less. */
    public int topCount() {
        return bestCount;
    }

    /** The alternative of a rank, the likeliest at 0; of equals the lowest id first. */
    public int topId(int rank) {
        return bestIds[rank];
    }

    private void rank(float[] row, int vocabulary) {
        bestCount = 0;
        if (bestIds.length == 0) {
            return;
        }
        for (int id = 0; id < vocabulary; id++) {
            if (bestCount < bestIds.length || row[id] > bestLogits[bestCount - 1]) {
                insert(id, row[id]);
            }
        }
    }

    private void insert(int id, float logit) {
        int at = bestCount < bestIds.length ? bestCount++ : bestCount - 1;
        while (at > 0 && bestLogits[at - 1] < logit) {
            bestIds[at] = bestIds[at - 1];
            bestLogits[at] = bestLogits[at - 1];
            at--;
        }
        bestIds[at] = id;
        bestLogits[at] = logit;
    }
}
