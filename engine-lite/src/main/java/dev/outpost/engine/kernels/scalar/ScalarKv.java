package dev.outpost.engine.kernels.scalar;

import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Keys and values of one head as floats, by the drawing in {@link KvStore}. */
final class ScalarKv {

    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int KEYS = KvStore.KEY_BLOCK;

    private final KvStore store;
    private final long keys;
    private final long values;

    ScalarKv(KvStore store, int layer, int head) {
        this.store = store;
        this.keys = store.keyOffset(layer, head);
        this.values = store.valueOffset(layer, head);
    }

    int headDim() {
        return store.headDim();
    }

    float key(int token, int d) {
        long block = keys + (long) (token / KEYS) * KEYS * store.tokenBytes();
        int lane = token % KEYS;
        if (store.type() == KvType.F16) {
            return half(block + (d * KEYS + lane) * 2L);
        }
        long scales = block + (long) KEYS * headDim();
        return store.memory().get(ValueLayout.JAVA_BYTE, block + d * KEYS + lane)
                * half(scales + (d / KvStore.SCALE_GROUP * KEYS + lane) * 2L);
    }

    float value(int token, int d) {
        long at = values + (long) token * store.tokenBytes();
        if (store.type() == KvType.F16) {
            return half(at + d * 2L);
        }
        return store.memory().get(ValueLayout.JAVA_BYTE, at + d)
                * half(at + headDim() + d / KvStore.SCALE_GROUP * 2L);
    }

    private float half(long at) {
        return Float.float16ToFloat(store.memory().get(HALF, at));
    }
}
