package dev.outpost.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ChunkSizeTest {

    private static final long BOUND = 50_000_000;

    @Test
    void doublesUpToTheBound() {
        ChunkSize chunk = new ChunkSize(256);
        int largest = 0;
        int before = ChunkSize.LEAST;
        for (int i = 0; i < 40; i++) {
            int rows = chunk.rows(0, BOUND);
            assertTrue(rows <= 2 * before && rows % 8 == 0, "rows=" + rows + ", before=" + before);
            long nanos = nanos(rows);
            assertTrue(nanos <= BOUND, "rows=" + rows);
            chunk.observe(rows, nanos, BOUND);
            largest = Math.max(largest, rows);
            before = rows;
        }
        assertTrue(largest >= 72 && before >= 72, "of 90 rows that fit: largest=" + largest + ", last=" + before);
    }

    @Test
    void reachesTheMostOnAFastMachineAndLeavesRoomForDecodeRows() {
        ChunkSize chunk = new ChunkSize(256);
        for (int i = 0; i < 10; i++) {
            chunk.observe(chunk.rows(0, BOUND), 1_000_000, BOUND);
        }
        assertEquals(256, chunk.rows(0, BOUND));
        assertEquals(248, chunk.rows(3, BOUND));
    }

    @Test
    void shrinksWithTheFirstSlowStep() {
        ChunkSize chunk = new ChunkSize(256);
        for (int i = 0; i < 10; i++) {
            chunk.observe(chunk.rows(0, BOUND), 10_000_000, BOUND);
        }
        assertFalse(chunk.observe(256, 400_000_000, BOUND));
        assertTrue(chunk.rows(0, BOUND) <= 32);
    }

    @Test
    void smallStepsWithinTheBoundTakeNothingBack() {
        ChunkSize chunk = new ChunkSize(256);
        for (int i = 0; i < 20; i++) {
            chunk.observe(chunk.rows(0, BOUND), 20_000_000, BOUND);
        }
        for (int i = 0; i < 20; i++) {
            chunk.observe(10, 8_000_000, BOUND);
        }
        assertTrue(chunk.rows(0, BOUND) >= 128, "rows=" + chunk.rows(0, BOUND));
    }

    @Test
    void recoversSoonFromAColdStart() {
        ChunkSize chunk = new ChunkSize(256);
        chunk.observe(8, 8_000_000_000L, BOUND);
        int steps = 0;
        for (int rows = chunk.rows(0, BOUND); rows < 64; rows = chunk.rows(0, BOUND)) {
            chunk.observe(rows, nanos(rows), BOUND);
            assertTrue(++steps < 10, "rows=" + rows);
        }
    }

    @Test
    void tellsWhenTheLeastChunkStaysTooLong() {
        ChunkSize chunk = new ChunkSize(256);
        for (int i = 0; i < 31; i++) {
            assertFalse(chunk.observe(8, 60_000_000, BOUND));
            assertEquals(8, chunk.rows(0, BOUND));
        }
        assertTrue(chunk.observe(8, 60_000_000, BOUND));
        assertFalse(chunk.observe(8, 40_000_000, BOUND));
        assertFalse(chunk.observe(8, 60_000_000, BOUND));
    }

    /** 5 ms for the weights, then half a millisecond a row. */
    private static long nanos(int rows) {
        return 5_000_000 + rows * 500_000L;
    }
}
