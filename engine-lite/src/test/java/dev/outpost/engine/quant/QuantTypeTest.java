package dev.outpost.engine.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantTypeTest {

    @Test
    void elevenTypesAreSupported() {
        Set<String> supported = Arrays.stream(QuantType.values()).filter(QuantType::supported).map(Enum::name)
                .collect(Collectors.toSet());
        assertEquals(Set.of("F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"),
                supported);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 4, 5, 31, 32, 33, 36, 37, 38, 43, 1000, Integer.MAX_VALUE})
    void idsThatAreNoTypeAreEmpty(int id) {
        assertEquals(Optional.empty(), QuantType.byId(id));
    }

    @Test
    void everyTypeIsFoundByItsId() {
        for (QuantType type : QuantType.values()) {
            assertEquals(Optional.of(type), QuantType.byId(type.id()));
        }
    }

    // Bits per weight as engine literature gives them: a check of block sizes that does not repeat the table.
    @ParameterizedTest
    @CsvSource({"Q4_0,4.5", "Q4_1,5", "Q5_0,5.5", "Q5_1,6", "Q8_0,8.5", "Q2_K,2.625", "Q3_K,3.4375", "Q4_K,4.5",
            "Q5_K,5.5", "Q6_K,6.5625", "IQ1_S,1.5625", "IQ1_M,1.75", "IQ2_XXS,2.0625", "IQ2_XS,2.3125", "IQ2_S,2.5625",
            "IQ3_XXS,3.0625", "IQ3_S,3.4375", "IQ4_XS,4.25", "IQ4_NL,4.5", "TQ1_0,1.6875", "TQ2_0,2.0625",
            "MXFP4,4.25", "NVFP4,4.5", "Q1_0,1.125", "Q2_0,2.25", "BF16,16", "F16,16", "F32,32"})
    void bitsPerWeight(QuantType type, double bits) {
        assertEquals(bits, 8.0 * type.blockBytes() / type.blockSize());
    }

    @Test
    void bytesOfPartialBlocksAreRefused() {
        assertEquals(144L * 3, QuantType.Q4_K.bytes(768));
        assertThrows(IllegalArgumentException.class, () -> QuantType.Q4_K.bytes(700));
        assertThrows(IllegalArgumentException.class, () -> QuantType.Q4_K.bytes(-256));
        assertThrows(ArithmeticException.class, () -> QuantType.F32.bytes(Long.MAX_VALUE));
    }

    @Test
    void typesWithoutDecoderSaySo() {
        var refusal = assertThrows(UnsupportedOperationException.class,
                () -> QuantType.IQ4_XS.decode(MemorySegment.NULL, 0, new float[256], 0, 256));
        assertTrue(refusal.getMessage().contains("IQ4_XS"));
    }
}
