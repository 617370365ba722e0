package dev.outpost.engine.sampling;

import java.util.Arrays;

/** How often each token occurs: an open-addressing table from id to count. Grows, never shrinks. */
final class TokenCounts {

    private static final int EMPTY = -1;

    private int[] ids = new int[64];
    private int[] counts = new int[64];
    private int used;

    TokenCounts() {
        Arrays.fill(ids, EMPTY);
    }

    /** Adds {@code by}, which may be negative; an id once seen keeps its cell. */
    void add(int id, int by) {
        int cell = cell(id);
        if (ids[cell] == EMPTY) {
            ids[cell] = id;
            if (++used * 2 > ids.length) {
                grow();
                cell = cell(id);
            }
        }
        counts[cell] += by;
    }

    /** Number of cells; cells are visited in table order, which depends on the ids alone in ways nobody may rely on. */
    int cells() {
        return ids.length;
    }

    /** The id in a cell, or -1. */
    int id(int cell) {
        return ids[cell];
    }

    int count(int cell) {
        return counts[cell];
    }

    private int cell(int id) {
        int mask = ids.length - 1;
        int cell = (id * 0x9E3779B1 >>> 7) & mask;
        while (ids[cell] != EMPTY && ids[cell] != id) {
            cell = (cell + 1) & mask;
        }
        return cell;
    }

    private void grow() {
        int[] oldIds = ids;
        int[] oldCounts = counts;
        ids = new int[oldIds.length * 2];
        counts = new int[oldIds.length * 2];
        Arrays.fill(ids, EMPTY);
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != EMPTY) {
                int cell = cell(oldIds[i]);
                ids[cell] = oldIds[i];
                counts[cell] = oldCounts[i];
            }
        }
    }
}
