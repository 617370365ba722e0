package dev.outpost.engine.gguf;

import dev.outpost.engine.quant.QuantType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Random weights of a given spread in any supported tensor type: random bits under well-chosen scales. */
public final class RandomBlocks {

    private RandomBlocks() {}

    /**
     * @param elements a multiple of the type's block size
     * @param spread standard deviation of the weights, roughly
     */
    public static byte[] of(QuantType type, int elements, float spread, Random random) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(type.bytes(elements))).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < elements / type.blockSize(); block++) {
            byte[] bits = new byte[type.blockBytes()];
            random.nextBytes(bits);
            bytes.put(block * bits.length, bits);
            scales(type, bytes, block * bits.length, spread, random);
        }
        return bytes.array();
    }

    private static void scales(QuantType type, ByteBuffer bytes, int at, float spread, Random random) {
        float wobble = 0.75f + 0.5f * random.nextFloat();
        float gauss = (float) random.nextGaussian() * spread;
        switch (type) {
            case F32 -> bytes.putFloat(at, gauss);
            case F16 -> half(bytes, at, gauss);
            case BF16 -> bytes.putShort(at, (short) (Float.floatToIntBits(gauss) >> 16));
            case Q4_0 -> half(bytes, at, spread * wobble / 4.6f);
            case Q4_1 -> pair(bytes, at, spread * wobble / 4.6f, -7.5f);
            case Q5_0 -> half(bytes, at, spread * wobble / 9.2f);
            case Q5_1 -> pair(bytes, at, spread * wobble / 9.2f, -15.5f);
            case Q8_0 -> half(bytes, at, spread * wobble / 74f);
            // Scale and minimum bits are random around 31.5, so the minimum takes the values' mean away on average.
            case Q4_K -> pair(bytes, at, spread * wobble / 260f, 7.5f);
            case Q5_K -> pair(bytes, at, spread * wobble / 520f, 15.5f);
            case Q6_K -> half(bytes, at + 208, spread * wobble / 1370f);
            default -> throw new IllegalArgumentException("no decoder: " + type);
        }
    }

    private static void half(ByteBuffer bytes, int at, float value) {
        bytes.putShort(at, Float.floatToFloat16(value));
    }

    private static void pair(ByteBuffer bytes, int at, float scale, float ratio) {
        half(bytes, at, scale);
        half(bytes, at + 2, scale * ratio);
    }
}
