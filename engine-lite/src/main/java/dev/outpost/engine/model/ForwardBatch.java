package dev.outpost.engine.model;

import dev.outpost.engine.kernels.KvStore;
import java.util.function.BooleanSupplier;

/**
 * Rows to compute together: prompt rows of several sequences and single decode rows in any mix. Rows of one slot are
 * added in ascending, consecutive positions.
 *
 * <p>Reused from step to step by the one scheduler thread.
 */
public final class ForwardBatch {

    /** What a row is computed for. */
    public enum Output {
        /** Only its key and value: a prompt row before the last. */
        NONE,
        /** The distribution of the next token. */
        LOGITS,
        /** The final hidden state, after the output norm. */
        HIDDEN
    }

    private final int[] tokens;
    private final int[] positions;
    private final KvStore[] slots;
    private final Output[] outputs;
    /** Result arrays in the order rows asked for them, so that they are few and stay when rows move. */
    private final float[][] results;
    private final int[] resultOfRow;
    private BooleanSupplier givenUp = () -> false;
    private int rows;
    private int asked;

    public ForwardBatch(int maxRows) {
        if (maxRows < 1) {
            throw new IllegalArgumentException("maxRows out of range: expected >= 1, found=" + maxRows);
        }
        tokens = new int[maxRows];
        positions = new int[maxRows];
        slots = new KvStore[maxRows];
        outputs = new Output[maxRows];
        results = new float[maxRows][];
        resultOfRow = new int[maxRows];
    }

    /** Forgets all rows; result arrays are kept for the next batch. */
    public void clear() {
        rows = 0;
        asked = 0;
        givenUp = () -> false;
    }

    /**
     * Lets a long forward end early: asked before each layer, and once it answers true the forward throws
     * {@link AbandonedForwardException}. Holds until {@link #clear()}.
     */
    public void giveUpWhen(BooleanSupplier condition) {
        givenUp = condition;
    }

    /** @throws AbandonedForwardException if the caller has given up on this batch */
    public void checkWanted() {
        if (givenUp.getAsBoolean()) {
            throw new AbandonedForwardException();
        }
    }

    /**
     * @param position of the token in its sequence, from 0; the keys and values before it are in {@code slot} already or
     *            come with earlier rows of this batch
     */
    public void add(int token, int position, KvStore slot, Output output) {
        if (rows == tokens.length) {
            throw new IllegalStateException("batch is full: maxRows=" + tokens.length);
        }
        tokens[rows] = token;
        positions[rows] = position;
        slots[rows] = slot;
        outputs[rows] = output;
        resultOfRow[rows] = output == Output.NONE ? -1 : asked++;
        rows++;
    }

    public int rows() {
        return rows;
    }

    public int maxRows() {
        return tokens.length;
    }

    /**
     * Logits {@code [vocabulary]} or the final hidden state {@code [hidden]} of a row that asked for one; borrowed until
     * the next {@link #clear()} or forward.
     */
    public float[] result(int row) {
        if (row < 0 || row >= rows || resultOfRow[row] < 0) {
            throw new IllegalArgumentException("row has no result: row=" + row + ", rows=" + rows);
        }
        return results[resultOfRow[row]];
    }

    int[] tokens() {
        return tokens;
    }

    int[] positions() {
        return positions;
    }

    KvStore[] slots() {
        return slots;
    }

    Output output(int row) {
        return outputs[row];
    }

    /** The array a row's result is written to, of exactly {@code width}; reused where it fits. */
    float[] target(int row, int width) {
        int at = resultOfRow[row];
        if (results[at] == null || results[at].length != width) {
            results[at] = new float[width];
        }
        return results[at];
    }
}
