package dev.outpost.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Writes one token's key and value of one head into a {@link KvStore}. The same code for every tier. */
final class KvWriter {

    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int KEYS = KvStore.KEY_BLOCK;
    private static final float LARGEST_HALF = 65504f;

    private KvWriter() {}

    static void write(KvStore store, int layer, int head, int token, float[] keys, float[] values, int at) {
        MemorySegment memory = store.memory();
        int block = KEYS * store.tokenBytes();
        long key = store.keyOffset(layer, head) + (long) (token / KEYS) * block;
        long value = store.valueOffset(layer, head) + (long) token * store.tokenBytes();
        int headDim = store.headDim();
        int lane = token % KEYS;
        switch (store.type()) {
            case F16 -> {
                halves(memory, key + lane * 2L, KEYS * 2L, keys, at, headDim);
                halves(memory, value, 2L, values, at, headDim);
            }
            case Q8_0 -> {
                eights(memory, key + lane, KEYS, key + (long) KEYS * headDim + lane * 2L, keys, at, headDim);
                eights(memory, value, 1, value + headDim, values, at, headDim);
            }
        }
    }

    private static void halves(MemorySegment memory, long to, long step, float[] x, int at, int headDim) {
        for (int d = 0; d < headDim; d++) {
            memory.set(HALF, to + d * step, half(x[at + d]));
        }
    }

    /** Clamped; what is not a number becomes zero, since whatever made it shows in the residual stream too. */
    private static short half(float x) {
        return Float.floatToFloat16(x != x ? 0f : Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, x)));
    }

    private static void eights(MemorySegment memory, long to, int step, long scales, float[] x, int at, int headDim) {
        int group = KvStore.SCALE_GROUP;
        for (int first = 0; first < headDim; first += group) {
            int end = Math.min(first + group, headDim);
            float maximum = 0;
            for (int d = first; d < end; d++) {
                maximum = Math.max(maximum, Math.abs(x[at + d]));
            }
            short scale = half(maximum / 127f);
            float stored = Float.float16ToFloat(scale);
            for (int d = first; d < end; d++) {
                double quant = stored == 0 ? 0 : Math.rint(x[at + d] / stored);
                memory.set(ValueLayout.JAVA_BYTE, to + (long) d * step, (byte) Math.max(-127, Math.min(127, quant)));
            }
            memory.set(HALF, scales + (long) (first / group) * step * 2, scale);
        }
    }
}
