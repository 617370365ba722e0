package dev.outpost.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Keys and values of one sequence, all layers, in memory lent by the caller. One writer thread; readers only within a
 * call that was started after the write.
 *
 * <p>Per layer and KV head, one after another:
 *
 * <pre>
 * F16    keys    key block 0 | key block 1 | …       a block: d 0 of 16 keys | d 1 of 16 keys | …   (a lane is a key)
 *        values  token 0 | token 1 | …               a token: headDim halves                        (a lane is a d)
 *
 * Q8_0   keys    as above in int8, each block followed by its scales: group 0 of 16 keys | group 1 of 16 keys | …
 *        values  a token: headDim int8, then one binary16 scale for each 32 of them
 * </pre>
 *
 * Capacity is rounded up to whole blocks of 16 keys.
 */
public final class KvStore {

    /** Keys of a block. */
    public static final int KEY_BLOCK = 16;
    /** Values that share a scale in {@link KvType#Q8_0}. */
    public static final int SCALE_GROUP = 32;

    /** Bytes beyond the last token that a vector load may touch. */
    public static final int SLACK = 16;

    private final MemorySegment memory;
    private final KvType type;
    private final int layers;
    private final int kvHeads;
    private final int headDim;
    private final int capacity;
    private final int tokenBytes;
    private final long headBytes;

    /** Bytes a store of this shape needs. */
    public static long bytes(KvType type, int layers, int kvHeads, int headDim, int capacity) {
        return 2L * layers * kvHeads * roundUp(capacity) * tokenBytes(type, headDim) + SLACK;
    }

    /** @param memory at least {@link #bytes} bytes, borrowed while the store is used */
    public KvStore(MemorySegment memory, KvType type, int layers, int kvHeads, int headDim, int capacity) {
        long needed = bytes(type, layers, kvHeads, headDim, capacity);
        if (memory.byteSize() < needed) {
            throw new IllegalArgumentException(
                    "key-value memory is too short: neededBytes=" + needed + ", foundBytes=" + memory.byteSize());
        }
        this.memory = memory;
        this.type = type;
        this.layers = layers;
        this.kvHeads = kvHeads;
        this.headDim = headDim;
        this.capacity = roundUp(capacity);
        this.tokenBytes = tokenBytes(type, headDim);
        this.headBytes = (long) this.capacity * tokenBytes;
    }

    private static int roundUp(int capacity) {
        return (capacity + KEY_BLOCK - 1) / KEY_BLOCK * KEY_BLOCK;
    }

    /** Bytes of one key or value of one head; of a key, its share of the block. */
    private static int tokenBytes(KvType type, int headDim) {
        return switch (type) {
            case F16 -> 2 * headDim;
            case Q8_0 -> headDim + 2 * scaleGroups(headDim);
        };
    }

    private static int scaleGroups(int headDim) {
        return (headDim + SCALE_GROUP - 1) / SCALE_GROUP;
    }

    /** Makes the first {@code tokens} tokens those of {@code from}, which has the same shape. */
    public void copyPrefix(KvStore from, int tokens) {
        if (from.type != type || from.layers != layers || from.kvHeads != kvHeads || from.headDim != headDim
                || tokens > capacity || tokens > from.capacity) {
            throw new IllegalArgumentException("stores differ in shape: tokens=" + tokens + ", capacity=" + capacity
                    + ", fromCapacity=" + from.capacity);
        }
        long bytes = (long) roundUp(tokens) * tokenBytes;
        for (int layer = 0; layer < layers; layer++) {
            for (int head = 0; head < kvHeads; head++) {
                MemorySegment.copy(from.memory, from.keyOffset(layer, head), memory, keyOffset(layer, head), bytes);
                MemorySegment.copy(from.memory, from.valueOffset(layer, head), memory, valueOffset(layer, head), bytes);
            }
        }
    }

    /** Tokens that fit. */
    public int capacity() {
        return capacity;
    }

    public KvType type() {
        return type;
    }

    public int layers() {
        return layers;
    }

    public int kvHeads() {
        return kvHeads;
    }

    public int headDim() {
        return headDim;
    }

    /** Scale groups of one head's key or value; only {@link KvType#Q8_0} stores them. */
    public int scaleGroups() {
        return scaleGroups(headDim);
    }

    /** The whole memory, borrowed. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where the keys of a head start. */
    public long keyOffset(int layer, int head) {
        return ((long) layer * kvHeads + head) * 2 * headBytes;
    }

    /** Where the values of a head start. */
    public long valueOffset(int layer, int head) {
        return keyOffset(layer, head) + headBytes;
    }

    /** Bytes from one token's value to the next, and a sixteenth of a key block. */
    public int tokenBytes() {
        return tokenBytes;
    }
}
