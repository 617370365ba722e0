package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;

/** Decodes one block. */
@FunctionalInterface
interface BlockDecoder {

    /**
     * @param source holds the block, little-endian, any alignment
     * @param offset bytes from the segment's start to the block
     * @param target receives {@code blockSize} values from {@code at} on
     */
    void decode(MemorySegment source, long offset, float[] target, int at);
}
