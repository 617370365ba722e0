package dev.outpost.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.outpost.engine.gguf.ReferenceModel;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.KvType;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each architecture against llama.cpp's logits of the same tiny F32 file. The tolerance is that of F16 keys and values,
 * which {@code reference/README.md} derives; a forgotten bias, norm or frequency factor exceeds it at once.
 */
class ReferenceLogitsTest {

    private static final float TOLERANCE = 0.04f;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void computesTheLogitsOfTheReference(ReferenceModel reference) {
        try (var tiny = new LoadedTiny(folder, reference.model(), 2, IsaLevel.CUDA, KvType.F16)) {
            var slot = tiny.model.newKv();
            assertFalse(reference.sequences().isEmpty());
            for (var sequence : reference.sequences()) {
                var logits = tiny.score(sequence.tokens(), 8, slot);
                sequence.logits().forEach((position, expected) -> assertArrayEquals(expected, logits[position],
                        TOLERANCE, () -> "position=" + position + ", text=" + sequence.text()));
            }
        }
    }
}
