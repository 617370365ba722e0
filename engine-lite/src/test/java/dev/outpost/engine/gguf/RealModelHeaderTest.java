package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.SharedFiles;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Headers of published models, where they are at hand. */
class RealModelHeaderTest {

    private static Set<QuantType> types(GgufFile file) {
        return file.tensors().stream().map(TensorEntry::type).collect(Collectors.toSet());
    }

    @Test
    void readsSmolLm() {
        Path path = SharedFiles.model("SmolLM2-135M-Instruct.Q4_1.gguf");
        try (GgufFile file = GgufFile.open(path); Arena arena = Arena.ofConfined()) {
            assertEquals(Optional.of("llama"), file.metadata().string("general.architecture"));
            assertEquals(30, file.metadata().integer("llama.block_count").orElseThrow());
            assertEquals(272, file.tensors().size());
            assertEquals(Set.of(QuantType.F32, QuantType.Q4_1, QuantType.Q8_0), types(file));
            TensorEntry embedding = file.tensor("token_embd.weight").orElseThrow();
            assertEquals(576, embedding.columns());
            assertEquals(49_152, embedding.rows());
            float[] row = new float[576];
            embedding.type().decode(file.map(embedding, arena), 0, row, 0, row.length);
            double square = 0;
            for (float weight : row) {
                square += (double) weight * weight;
            }
            assertTrue(square > 0.1 && square < 1000, "square=" + square);
        }
    }

    @Test
    void readsAVocabularyOfAQuarterMillionTokensCheaply() {
        Path path = SharedFiles.model("gemma-3-270m.Q4_K_M.gguf");
        Cost.assertSmall(() -> {
            try (GgufFile file = GgufFile.open(path)) {
                assertEquals(Set.of(QuantType.F32, QuantType.Q5_0, QuantType.Q8_0, QuantType.Q4_K, QuantType.Q6_K),
                        types(file));
                var tokens = file.metadata().texts("tokenizer.ggml.tokens").orElseThrow();
                assertEquals(262_144, tokens.size());
                assertArrayEquals("<bos>".getBytes(StandardCharsets.UTF_8), tokens.get(2));
                assertEquals(262_144, file.metadata().decimals("tokenizer.ggml.scores").orElseThrow().length);
                assertEquals(262_144, file.metadata().integers("tokenizer.ggml.token_type").orElseThrow().length);
            }
        });
    }
}
