package dev.outpost.engine.gguf;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/**
 * Byte strings in one array, with their ends beside it: a vocabulary of 262,144 tokens costs its text and one MiB.
 * Independent of the file. Each {@code get} returns a fresh copy.
 */
final class TextColumn extends AbstractList<byte[]> implements RandomAccess {

    private final byte[] text;
    private final int[] ends;

    /**
     * @param text the strings one after another, owned from now on
     * @param ends per string the index behind its last byte
     */
    TextColumn(byte[] text, int[] ends) {
        this.text = text;
        this.ends = ends;
    }

    @Override
    public byte[] get(int index) {
        int end = ends[index];
        return Arrays.copyOfRange(text, index == 0 ? 0 : ends[index - 1], end);
    }

    @Override
    public int size() {
        return ends.length;
    }
}
