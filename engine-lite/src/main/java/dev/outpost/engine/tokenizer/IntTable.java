package dev.outpost.engine.tokenizer;

import java.util.Arrays;

/** Non-negative ints to non-negative ints, open addressing, at most half full; size fixed at construction. */
final class IntTable {

    private final int[] keys;
    private final int[] values;
    private final int shift;

    interface Entry {
        void accept(int key, int value);
    }

    IntTable(int entries) {
        int capacity = Integer.highestOneBit(Math.max(entries, 4) * 2 - 1) * 2;
        keys = new int[capacity];
        values = new int[capacity];
        Arrays.fill(keys, -1);
        shift = Integer.numberOfLeadingZeros(capacity - 1);
    }

    void put(int key, int value) {
        int at = slot(key);
        while (keys[at] >= 0 && keys[at] != key) {
            at = at + 1 & keys.length - 1;
        }
        keys[at] = key;
        values[at] = value;
    }

    /** @return the value, or -1 */
    int get(int key) {
        int at = slot(key);
        while (keys[at] >= 0) {
            if (keys[at] == key) {
                return values[at];
            }
            at = at + 1 & keys.length - 1;
        }
        return -1;
    }

    void forEach(Entry entry) {
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] >= 0) {
                entry.accept(keys[i], values[i]);
            }
        }
    }

    private int slot(int key) {
        return key * 0x9E3779B9 >>> shift;
    }
}
