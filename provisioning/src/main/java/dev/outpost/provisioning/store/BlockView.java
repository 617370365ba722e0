package dev.outpost.provisioning.store;

import java.nio.ByteBuffer;
import java.util.BitSet;

/** One file that can be served: positioned reads, its blocks, and which of them are here. One thread at a time. */
public interface BlockView extends AutoCloseable {
    /** Its blocks; the last offset is the file's length. */
    BlockList blocks();

    /** The blocks that are here, as of when the view was opened; a copy. */
    BitSet held();

    /** Fills {@code target} from {@code position}; returns the bytes read, fewer only at the end of the file. */
    int read(long position, ByteBuffer target);

    @Override
    void close();

    /** Whether every byte of a range lies inside the file and in a block that is here. */
    default boolean holds(long from, long bytes) {
        long end = from + bytes;
        if (from < 0 || bytes < 1 || end < 0 || end > blocks().fileBytes()) {
            return false;
        }
        int first = blocks().at(from);
        return held().nextClearBit(first) > blocks().at(end - 1);
    }
}
