package dev.outpost.engine.tokenizer;

import java.util.Arrays;

/**
 * Binary min-heap of merge candidates: a key that orders them, and a payload that tells stale ones from live ones.
 * Equal keys do not occur twice with different payloads that matter: the key ends in the pair's position.
 */
final class PairHeap {

    private long[] keys;
    private int[] payloads;
    private int size;

    PairHeap(int capacity) {
        keys = new long[Math.max(capacity, 16)];
        payloads = new int[keys.length];
    }

    void clear() {
        size = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long topKey() {
        return keys[0];
    }

    int topPayload() {
        return payloads[0];
    }

    void push(long key, int payload) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
            payloads = Arrays.copyOf(payloads, size * 2);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (keys[parent] <= key) {
                break;
            }
            keys[at] = keys[parent];
            payloads[at] = payloads[parent];
            at = parent;
        }
        keys[at] = key;
        payloads[at] = payload;
    }

    void pop() {
        size--;
        long key = keys[size];
        int payload = payloads[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && keys[child + 1] < keys[child]) {
                child++;
            }
            if (keys[child] >= key) {
                break;
            }
            keys[at] = keys[child];
            payloads[at] = payloads[child];
            at = child;
        }
        keys[at] = key;
        payloads[at] = payload;
    }
}
