package dev.outpost.engine.schedule;

import dev.outpost.engine.RequestClass;
import dev.outpost.engine.kernels.KvStore;

/**
 * Key-value memory for one sequence and the tokens it holds. Stays filled when its sequence ends, so that the next one
 * may start from a common prefix. Scheduler thread only.
 */
final class Slot {

    private final KvStore kv;
    private final int[] tokens;
    private int stored;
    private Sequence sequence;
    private String client = "";
    private RequestClass requestClass = RequestClass.BATCH;
    private long lastUsedNanos;

    Slot(KvStore kv, int context) {
        this.kv = kv;
        this.tokens = new int[context];
    }

    KvStore kv() {
        return kv;
    }

    boolean isFree() {
        return sequence == null;
    }

    /** The sequence that runs here; only while {@link #isFree()} is false. */
    Sequence sequence() {
        return sequence;
    }

    /** Leading tokens whose keys and values are here; the next position to compute. */
    int stored() {
        return stored;
    }

    /** Rows that could be computed now. */
    int pending() {
        return sequence.ready() - stored;
    }

    RequestClass lastClass() {
        return requestClass;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    /** Length of the common prefix with {@code wanted}; 0 where another client's tokens are stored. */
    int commonPrefix(Sequence wanted) {
        if (!client.equals(wanted.client())) {
            return 0;
        }
        int most = Math.min(stored, wanted.length() - 1);
        int common = 0;
        while (common < most && tokens[common] == wanted.token(common)) {
            common++;
        }
        return common;
    }

    /**
     * Length of the prefix that {@code wanted} will share once the prompt that runs here is computed; 0 where another
     * client's or class's does, or none.
     */
    int comingPrefix(Sequence wanted) {
        if (sequence == null || pending() <= 1 || !sequence.reusesPrefix() || !client.equals(wanted.client())
                || requestClass != wanted.requestClass()) {
            return 0;
        }
        int most = Math.min(sequence.length(), wanted.length() - 1);
        int common = 0;
        while (common < most && sequence.token(common) == wanted.token(common)) {
            common++;
        }
        return common;
    }

    /** Starts a sequence after the first {@code kept} tokens stored here. */
    void take(Sequence next, int kept) {
        sequence = next;
        client = next.client();
        requestClass = next.requestClass();
        stored = kept;
    }

    /** Makes the first {@code count} tokens those of another slot. */
    void copyPrefix(Slot from, int count) {
        kv.copyPrefix(from.kv, count);
        System.arraycopy(from.tokens, 0, tokens, 0, count);
        stored = count;
    }

    /** The row of the next position has been computed. */
    void computed(int token) {
        tokens[stored++] = token;
    }

    void release(long now) {
        sequence = null;
        lastUsedNanos = now;
    }

    /** What is stored cannot be trusted. */
    void forget() {
        stored = 0;
    }
}
