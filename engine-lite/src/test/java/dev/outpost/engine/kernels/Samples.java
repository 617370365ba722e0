package dev.outpost.engine.kernels;

import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;

/** Random and extreme inputs. The same seed gives the same bytes. */
final class Samples {

    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private Samples() {}

    /** Values around zero with a few outliers, as activations have them. */
    static float[] floats(long seed, int count) {
        var random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * (random.nextInt(100) == 0 ? 5 : 1);
        }
        return values;
    }

    /** Blocks of random bytes with finite scales of ordinary size. */
    static MemorySegment blocks(QuantType type, long seed, int rows, int columns) {
        var random = new SplittableRandom(seed);
        byte[] bytes = new byte[Math.toIntExact(rows * type.bytes(columns))];
        random.nextBytes(bytes);
        MemorySegment segment = MemorySegment.ofArray(bytes);
        for (int block = 0; block < bytes.length; block += type.blockBytes()) {
            for (int at : halves(type)) {
                float value = type == QuantType.F16 ? (float) random.nextGaussian() : random.nextInt(-999, 999) * 1e-4f;
                segment.set(HALF, block + at, Float.floatToFloat16(value));
            }
            if (type == QuantType.F32) {
                setFloat(segment, block, (float) random.nextGaussian());
            }
            if (type == QuantType.BF16) {
                int bits = Float.floatToRawIntBits((float) random.nextGaussian());
                segment.set(HALF, block, (short) (bits >>> 16));
            }
        }
        return segment;
    }

    /** Blocks whose integers are all at one end and whose scales are the largest a half holds. */
    static MemorySegment extremes(QuantType type, int fill, int rows, int columns) {
        byte[] bytes = new byte[Math.toIntExact(rows * type.bytes(columns))];
        java.util.Arrays.fill(bytes, (byte) fill);
        MemorySegment segment = MemorySegment.ofArray(bytes);
        for (int block = 0; block < bytes.length; block += type.blockBytes()) {
            for (int at : halves(type)) {
                segment.set(HALF, block + at, (short) ((block / type.blockBytes() & 1) == 0 ? 0x7bff : 0xfbff));
            }
            if (type == QuantType.F32) {
                setFloat(segment, block, 1e30f);
            }
            if (type == QuantType.BF16) {
                segment.set(HALF, block, (short) 0x7e00);
            }
        }
        return segment;
    }

    private static void setFloat(MemorySegment segment, int at, float value) {
        segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at, value);
    }

    /** Where a block keeps its halves. */
    static List<Integer> halves(QuantType type) {
        return switch (type) {
            case F16, Q4_0, Q5_0, Q8_0 -> List.of(0);
            case Q4_1, Q5_1, Q4_K, Q5_K -> List.of(0, 2);
            case Q6_K -> List.of(208);
            default -> List.of();
        };
    }
}
