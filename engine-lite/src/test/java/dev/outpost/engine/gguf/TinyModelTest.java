package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TinyModelTest {

    @TempDir
    Path folder;

    static Stream<QuantType> supportedTypes() {
        return Arrays.stream(QuantType.values()).filter(QuantType::supported);
    }

    @ParameterizedTest
    @MethodSource("supportedTypes")
    void everySupportedTypeMakesAFileThatOpens(QuantType type) {
        TinyModel model = TinyModel.of("llama", type);
        try (GgufFile file = GgufFile.open(model.write(folder.resolve("tiny.gguf")));
                Arena arena = Arena.ofConfined()) {
            assertEquals(2 * 9 + 3, file.tensors().size());
            TensorEntry gate = file.tensor("blk.1.ffn_gate.weight").orElseThrow();
            assertEquals(type, gate.type());
            assertEquals(model.hidden(), gate.columns());
            assertEquals(model.feedForward(), gate.rows());
            MemorySegment bytes = file.map(gate, arena);
            float[] row = new float[gate.columns()];
            type.decode(bytes, 0, row, 0, row.length);
            double square = 0;
            for (float weight : row) {
                square += (double) weight * weight;
            }
            double spread = Math.sqrt(square / row.length) * Math.sqrt(model.hidden());
            assertTrue(spread > 0.75 && spread < 3, () -> "spread=" + spread);
        }
    }

    @Test
    void theSameSeedMakesTheSameBytes() {
        TinyModel model = TinyModel.of("qwen3", QuantType.Q8_0).withSeed(7);
        assertArrayEquals(model.bytes(), model.bytes());
    }

    @Test
    void mappedTensorsOutliveTheFile() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes;
            try (GgufFile file = GgufFile.open(TinyModel.of("qwen2", QuantType.F32).write(folder.resolve("t.gguf")))) {
                bytes = file.map(file.tensor("blk.0.attn_q.bias").orElseThrow(), arena);
            }
            assertEquals(4L * 64, bytes.byteSize());
            assertTrue(bytes.isReadOnly());
            assertTrue(bytes.get(ValueLayout.JAVA_BYTE, 255) != 0 || bytes.get(ValueLayout.JAVA_BYTE, 0) != 0);
        }
    }
}
