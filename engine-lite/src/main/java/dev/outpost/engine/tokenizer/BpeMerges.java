package dev.outpost.engine.tokenizer;

import dev.outpost.engine.failure.ModelRejectedException;
import java.util.Arrays;
import java.util.List;

/**
 * Which two tokens merge into which, and in what order. One open-addressing table of longs, a merge a cell:
 *
 * <pre>
 * 63        43 42        22 21       0
 * | left id   | right id   | rank     |     free cells are all ones
 * </pre>
 *
 * <p>Each merge makes a longer token than either part, so no sequence of them can loop.
 */
final class BpeMerges {

    static final String KEY = "tokenizer.ggml.merges";

    /** Ids and ranks must fit their fields, all ones left free. */
    static final int ID_LIMIT = (1 << 21) - 1;
    static final int RANK_LIMIT = (1 << 22) - 1;

    private static final int RANK_BITS = 22;
    private static final long RANK_MASK = (1L << RANK_BITS) - 1;
    private static final long FREE = -1;

    private final long[] cells;
    private final int shift;
    /** The token a merge makes, by rank. */
    private final int[] results;

    /**
     * @param merges each {@code left right} as UTF-8, in rank order; of a pair that occurs twice the first counts
     * @throws ModelRejectedException ({@code merges}) where a line has no separator or names a piece the vocabulary lacks
     */
    BpeMerges(List<byte[]> merges, Vocabulary vocabulary) {
        if (merges.size() >= RANK_LIMIT) {
            throw new ModelRejectedException("merges", KEY, -1,
                    "too many merges: limit=" + RANK_LIMIT + ", found=" + merges.size());
        }
        int capacity = Integer.highestOneBit(Math.max(merges.size() * 3 / 2, 4)) * 2;
        cells = new long[capacity];
        Arrays.fill(cells, FREE);
        shift = Long.numberOfLeadingZeros(capacity - 1L);
        results = new int[merges.size()];
        for (int rank = 0; rank < results.length; rank++) {
            add(merges.get(rank), rank, vocabulary);
        }
    }

    private void add(byte[] line, int rank, Vocabulary vocabulary) {
        int separator = separator(line);
        if (separator < 0) {
            throw new ModelRejectedException("merges", KEY, -1,
                    "merge without exactly one separator: index=" + rank + ", bytes=" + line.length);
        }
        int left = known(vocabulary, line, 0, separator, rank);
        int right = known(vocabulary, line, separator + 1, line.length, rank);
        byte[] joined = new byte[line.length - 1];
        System.arraycopy(line, 0, joined, 0, separator);
        System.arraycopy(line, separator + 1, joined, separator, line.length - separator - 1);
        results[rank] = known(vocabulary, joined, 0, joined.length, rank);
        long pair = pair(left, right);
        int at = slot(pair);
        while (cells[at] != FREE) {
            if (cells[at] >>> RANK_BITS == pair) {
                return;
            }
            at = at + 1 & cells.length - 1;
        }
        cells[at] = pair << RANK_BITS | rank;
    }

    /** The one space between two non-empty parts, or -1. Byte-level pieces contain none. */
    private static int separator(byte[] line) {
        int found = -1;
        for (int i = 0; i < line.length; i++) {
            if (line[i] == ' ') {
                if (found >= 0) {
                    return -1;
                }
                found = i;
            }
        }
        return found == 0 || found == line.length - 1 ? -1 : found;
    }

    private static int known(Vocabulary vocabulary, byte[] line, int from, int to, int rank) {
        int id = vocabulary.find(line, from, to);
        if (id < 0) {
            throw new ModelRejectedException("merges", KEY, -1, "merge of or into an unknown piece: index=" + rank);
        }
        return id;
    }

    /** @return the rank of merging two neighbours, lower first, or -1 */
    int rank(int left, int right) {
        long pair = pair(left, right);
        for (int at = slot(pair); cells[at] != FREE; at = at + 1 & cells.length - 1) {
            if (cells[at] >>> RANK_BITS == pair) {
                return (int) (cells[at] & RANK_MASK);
            }
        }
        return -1;
    }

    int result(int rank) {
        return results[rank];
    }

    private static long pair(int left, int right) {
        return (long) left << 21 | right;
    }

    private int slot(long pair) {
        return (int) (pair * 0x9E3779B97F4A7C15L >>> shift);
    }
}
