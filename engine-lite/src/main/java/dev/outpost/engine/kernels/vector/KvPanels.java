package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;
import static dev.outpost.engine.kernels.vector.Lanes.FLOAT_LANES;
import static dev.outpost.engine.kernels.vector.Lanes.HALF_SHORTS;

import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;

/**
 * Keys and values of one head as float panels for {@link FloatTile}.
 *
 * <pre>
 * keys     [64 keys][d][64]         a lane is a key
 * values   [64 d][token][64]        a lane is a d; lanes beyond the head's width are undefined
 * </pre>
 */
final class KvPanels {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
    private static final int ROWS = FloatTile.ROWS;
    private static final int KEYS = KvStore.KEY_BLOCK;

    private KvPanels() {}

    /** Keys {@code first … end}; {@code first} is a multiple of 64. */
    static void keys(KvStore store, int layer, int head, int first, int end, float[] panel) {
        int headDim = store.headDim();
        int blockBytes = KEYS * store.tokenBytes();
        MemorySegment memory = store.memory().asSlice(store.keyOffset(layer, head),
                (long) store.capacity() * store.tokenBytes() + KvStore.SLACK);
        for (int key = first; key < end; key += KEYS) {
            int to = (key - first) / ROWS * ROWS * headDim + (key - first) % ROWS;
            if (store.type() == KvType.F16) {
                halfKeys(memory, key / KEYS * blockBytes, headDim, panel, to);
            } else {
                eightKeys(memory, key / KEYS * blockBytes, headDim, panel, to);
            }
        }
    }

    private static void halfKeys(MemorySegment memory, int block, int headDim, float[] panel, int to) {
        for (int lane = 0; lane < KEYS; lane += FLOAT_LANES) {
            for (int d = 0; d < headDim; d++) {
                Lanes.halves(ShortVector.fromMemorySegment(HALF_SHORTS, memory, block + 2L * (d * KEYS + lane), ORDER))
                        .intoArray(panel, to + d * ROWS + lane);
            }
        }
    }

    private static void eightKeys(MemorySegment memory, int block, int headDim, float[] panel, int to) {
        int scales = block + KEYS * headDim;
        for (int lane = 0; lane < KEYS; lane += FLOAT_LANES) {
            for (int d = 0; d < headDim; d++) {
                long scaleAt = scales + 2L * (d / KvStore.SCALE_GROUP * KEYS + lane);
                FloatVector scale = Lanes.halves(ShortVector.fromMemorySegment(HALF_SHORTS, memory, scaleAt, ORDER));
                Lanes.signedBytes(memory, block + d * KEYS + lane).mul(scale).intoArray(panel, to + d * ROWS + lane);
            }
        }
    }

    /** Values {@code first … end}. */
    static void values(KvStore store, int layer, int head, int first, int end, float[] panel, int tokens) {
        int headDim = store.headDim();
        MemorySegment memory = store.memory().asSlice(store.valueOffset(layer, head),
                (long) store.capacity() * store.tokenBytes() + KvStore.SLACK);
        for (int d = 0; d < headDim; d += ROWS) {
            int count = Math.min(ROWS, headDim - d);
            for (int token = first; token < end; token++) {
                int from = token * store.tokenBytes();
                int to = d * tokens + (token - first) * ROWS;
                if (store.type() == KvType.F16) {
                    halfValues(memory, from + 2 * d, count, panel, to);
                } else {
                    eightValues(memory, from, headDim, d, count, panel, to);
                }
            }
        }
    }

    private static void halfValues(MemorySegment memory, int from, int count, float[] panel, int to) {
        int d = 0;
        for (; d <= count - FLOAT_LANES; d += FLOAT_LANES) {
            Lanes.halves(ShortVector.fromMemorySegment(HALF_SHORTS, memory, from + 2L * d, ORDER)).intoArray(panel,
                    to + d);
        }
        for (; d < count; d++) {
            panel[to + d] = Float.float16ToFloat(memory.get(HALF, from + 2L * d));
        }
    }

    private static void eightValues(MemorySegment memory, int from, int headDim, int first, int count, float[] panel,
            int to) {
        int d = 0;
        for (; d <= count - FLOAT_LANES; d += FLOAT_LANES) {
            long scaleAt = from + headDim + (first + d) / KvStore.SCALE_GROUP * 2L;
            FloatVector scale = FloatVector.broadcast(FLOATS, Float.float16ToFloat(memory.get(HALF, scaleAt)));
            Lanes.signedBytes(memory, from + first + d).mul(scale).intoArray(panel, to + d);
        }
        for (; d < count; d++) {
            float scale = Float.float16ToFloat(
                    memory.get(HALF, from + headDim + (first + d) / KvStore.SCALE_GROUP * 2L));
            panel[to + d] = memory.get(ValueLayout.JAVA_BYTE, from + first + d) * scale;
        }
    }
}
