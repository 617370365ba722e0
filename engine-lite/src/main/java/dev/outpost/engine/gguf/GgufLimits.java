package dev.outpost.engine.gguf;

/**
 * What a header may ask for. Counts, except where bytes are named.
 *
 * @param keys metadata pairs
 * @param tensors entries of the tensor table
 * @param keyBytes bytes of one key
 * @param allKeyBytes bytes of all keys together: they are kept on the heap
 * @param stringBytes bytes of one string value
 * @param arrayElements elements of one array
 * @param arrayTextBytes bytes of all strings of one array together: they are copied when asked for
 * @param metadataBytes bytes from the first key to the end of the last value
 * @param tensorNameBytes bytes of one tensor's name
 */
record GgufLimits(int keys, int tensors, int keyBytes, long allKeyBytes, int stringBytes, int arrayElements,
        long arrayTextBytes, long metadataBytes, int tensorNameBytes) {

    static final GgufLimits DEFAULT = new GgufLimits(4096, 16384, 65535, 4L << 20, 1 << 20, 1 << 22, 12L << 20,
            128L << 20, 63);

    /** Smallest metadata pair: key length, one byte of key, value type, one byte of value. */
    static final int SMALLEST_PAIR = 8 + 1 + 4 + 1;

    /** Smallest entry of the tensor table: name length, one byte, dimension count, one dimension, type, offset. */
    static final int SMALLEST_TENSOR = 8 + 1 + 4 + 8 + 4 + 8;

    /** Of the header, at most this much is ever mapped: metadata, tensor table, and the first fields. */
    long headerBytes() {
        return 24 + metadataBytes + (long) tensors * (8 + tensorNameBytes + 4 + 4 * 8 + 4 + 8);
    }

    GgufLimits withKeys(int newKeys) {
        return new GgufLimits(newKeys, tensors, keyBytes, allKeyBytes, stringBytes, arrayElements, arrayTextBytes,
                metadataBytes, tensorNameBytes);
    }

    GgufLimits withMetadataBytes(long newMetadataBytes) {
        return new GgufLimits(keys, tensors, keyBytes, allKeyBytes, stringBytes, arrayElements, arrayTextBytes,
                newMetadataBytes, tensorNameBytes);
    }
}
