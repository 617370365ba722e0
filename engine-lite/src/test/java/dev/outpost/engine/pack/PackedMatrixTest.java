package dev.outpost.engine.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PackedMatrixTest {

    static List<QuantType> types() {
        return Arrays.stream(QuantType.values()).filter(QuantType::supported).toList();
    }

    /** Random bytes whose halves and floats have a clear exponent, so that they are finite. */
    private static byte[] blocks(QuantType type, int rows, int columns) {
        byte[] bytes = new byte[Math.toIntExact(rows * type.bytes(columns))];
        new SplittableRandom(5).nextBytes(bytes);
        for (int block = 0; block < bytes.length; block += type.blockBytes()) {
            switch (type) {
                case Q6_K -> bytes[block + 209] = 0x11;
                case Q4_1, Q5_1, Q4_K, Q5_K -> {
                    bytes[block + 1] = 0x11;
                    bytes[block + 3] = 0x11;
                }
                case F32 -> bytes[block + 3] = 0x11;
                default -> bytes[block + 1] = 0x11;
            }
        }
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("types")
    void packingLosesNoByte(QuantType type) {
        int rows = 70;
        int columns = 512;
        byte[] source = blocks(type, rows, columns);
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix matrix = PackedMatrix.pack("w", type, rows, columns, MemorySegment.ofArray(source), arena);
            int rowBytes = source.length / rows;
            assertEquals(96L * rowBytes, matrix.bytes());
            byte[] row = new byte[rowBytes];
            for (int r = 0; r < rows; r++) {
                matrix.readRow(r, row);
                assertArrayEquals(Arrays.copyOfRange(source, r * rowBytes, (r + 1) * rowBytes), row, "row " + r);
            }
        }
    }

    @Test
    void aLaneIsARow() {
        byte[] source = blocks(QuantType.Q8_0, 32, 32);
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix matrix = PackedMatrix.pack("w", QuantType.Q8_0, 32, 32, MemorySegment.ofArray(source), arena);
            for (int r = 0; r < 32; r++) {
                for (int k = 0; k < 32; k++) {
                    assertEquals(source[r * 34 + 2 + k], matrix.group(0).get(ValueLayout.JAVA_BYTE, 64 + k * 32 + r));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 0, 7f800000", "F32, 0, ffc00000", "F16, 0, 7c00", "BF16, 0, ff80", "Q4_0, 0, fc00",
            "Q4_1, 2, 7e00", "Q5_0, 0, 7c00", "Q5_1, 2, 7c00", "Q8_0, 0, 7c01", "Q4_K, 2, 7c00", "Q5_K, 0, 7c00",
            "Q6_K, 208, 7c00"})
    void refusesAScaleThatIsNotFinite(QuantType type, int at, String bits) {
        int columns = 256;
        byte[] source = blocks(type, 40, columns);
        MemorySegment segment = MemorySegment.ofArray(source);
        long offset = 35 * type.bytes(columns) + at;
        int value = Integer.parseUnsignedInt(bits, 16);
        if (type == QuantType.F32) {
            segment.set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), offset, value);
        } else {
            segment.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), offset, (short) value);
        }
        try (Arena arena = Arena.ofConfined()) {
            var refused = assertThrows(ModelRejectedException.class,
                    () -> PackedMatrix.pack("blk.0.w", type, 40, columns, segment, arena));
            assertEquals("non_finite_weight", refused.code());
            assertEquals("blk.0.w", refused.field());
        }
    }

    @Test
    void refusesASourceThatIsTooShort() {
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(IllegalArgumentException.class,
                    () -> PackedMatrix.pack("w", QuantType.Q4_0, 2, 64, MemorySegment.ofArray(new byte[71]), arena));
            assertThrows(IllegalArgumentException.class,
                    () -> PackedMatrix.pack("w", QuantType.Q4_0, 1, 33, MemorySegment.ofArray(new byte[99]), arena));
        }
    }
}
