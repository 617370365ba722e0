package dev.outpost.engine.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scalar decode against ggml's own, bit for bit. */
class DecodeParityTest {

    static Stream<DecodedBlocks> blocks() {
        return DecodedBlocks.all();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void decodesToTheBitsOfTheReference(DecodedBlocks blocks) {
        float[] values = new float[blocks.expected().length];
        blocks.type().decode(blocks.blocks(), DecodedBlocks.START, values, 0, values.length);
        int finite = 0;
        for (int i = 0; i < values.length; i++) {
            assertSameBits(blocks, i, values[i]);
            finite += Float.isFinite(values[i]) ? 1 : 0;
        }
        assertTrue(finite > values.length / 2, "most of the fixture is finite");
        assertTrue(finite < values.length, "some of the fixture is not");
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void fieldsOfTheBlockMakeTheSameWeights(DecodedBlocks blocks) {
        QuantType type = blocks.type();
        for (int i = 0; i < blocks.expected().length; i++) {
            int block = i / type.blockSize();
            assertSameBits(blocks, i, weight(blocks, blocks.offset(block), i % type.blockSize()));
        }
    }

    private static float weight(DecodedBlocks blocks, long at, int i) {
        var source = blocks.blocks();
        return switch (blocks.type()) {
            case Q4_0 -> Q4_0.value(source, at, i) * Q4_0.scale(source, at);
            case Q4_1 -> Q4_1.value(source, at, i) * Q4_1.scale(source, at) + Q4_1.minimum(source, at);
            case Q5_0 -> Q5_0.value(source, at, i) * Q5_0.scale(source, at);
            case Q5_1 -> Q5_1.value(source, at, i) * Q5_1.scale(source, at) + Q5_1.minimum(source, at);
            case Q8_0 -> Q8_0.value(source, at, i) * Q8_0.scale(source, at);
            case Q4_K -> Q4K.scale(source, at, i / 32) * Q4K.value(source, at, i) - Q4K.minimum(source, at, i / 32);
            case Q5_K -> Q5K.scale(source, at, i / 32) * Q5K.value(source, at, i) - Q5K.minimum(source, at, i / 32);
            case Q6_K -> Q6K.scale(source, at, i / 16) * Q6K.value(source, at, i);
            default -> {
                float[] one = new float[1];
                blocks.type().decode(source, at, one, 0, 1);
                yield one[0];
            }
        };
    }

    private static void assertSameBits(DecodedBlocks blocks, int i, float found) {
        float expected = Float.intBitsToFloat(blocks.expected()[i]);
        if (Float.isNaN(expected)) {
            assertTrue(Float.isNaN(found), () -> blocks + " value " + i + " found=" + found);
        } else {
            assertEquals(blocks.expected()[i], Float.floatToRawIntBits(found),
                    () -> blocks + " value " + i + " expected=" + expected + " found=" + found);
        }
    }
}
