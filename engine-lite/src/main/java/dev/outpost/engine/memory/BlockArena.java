package dev.outpost.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * One block of off-heap memory that many parts of equal lifetime are cut from, so that their sum is known beforehand.
 * Freed at once by {@link #close()}; cut by one thread, read by any.
 */
public final class BlockArena implements SegmentAllocator, AutoCloseable {

    /** Every part starts on a cache line, and on the widest vector. */
    public static final int ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final SegmentAllocator block;

    /** @param bytes sum of {@link #rounded} over all parts */
    public BlockArena(long bytes) {
        block = SegmentAllocator.slicingAllocator(arena.allocate(Math.max(bytes, ALIGNMENT), ALIGNMENT));
    }

    /** What a part of {@code bytes} takes. */
    public static long rounded(long bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }

    @Override
    public MemorySegment allocate(long bytes, long alignment) {
        return block.allocate(rounded(bytes), Math.max(alignment, ALIGNMENT)).asSlice(0, bytes);
    }

    /** A second close does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
