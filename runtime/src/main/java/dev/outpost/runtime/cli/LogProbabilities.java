package dev.outpost.runtime.cli;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Natural log-probabilities of one row of logits; sums in double, in index order. */
final class LogProbabilities {

    private final float[] logits;
    private final double logSum;

    /** @param logits [vocabulary], borrowed for the life of this object */
    LogProbabilities(float[] logits) {
        this.logits = logits;
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        this.logSum = most + Math.log(sum);
    }

    double of(int id) {
        return logits[id] - logSum;
    }

    /** The likeliest ids, best first; of equals the smaller id first. */
    int[] top(int count) {
        Comparator<Integer> worstFirst = Comparator.<Integer>comparingDouble(id -> logits[id])
                .thenComparing(Comparator.<Integer>naturalOrder().reversed());
        var best = new PriorityQueue<Integer>(worstFirst);
        for (int id = 0; id < logits.length; id++) {
            if (best.size() < count) {
                best.add(id);
            } else if (logits[id] > logits[best.peek()]) {
                best.poll();
                best.add(id);
            }
        }
        int[] ids = new int[best.size()];
        for (int i = ids.length - 1; i >= 0; i--) {
            ids[i] = best.poll();
        }
        return ids;
    }

    /** Log of what all ids but these share; negative infinity where nothing is left. */
    double rest(int[] ids) {
        var named = new java.util.BitSet();
        for (int id : ids) {
            named.set(id);
        }
        double sum = 0;
        for (int id = 0; id < logits.length; id++) {
            if (!named.get(id)) {
                sum += Math.exp(of(id));
            }
        }
        return Math.log(sum);
    }
}
