package dev.outpost.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.quant.QuantType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes A15, A22 and A23 of malformed files, and what a loaded model refuses of its caller. */
class ModelLoadTest {

    private final Kernels kernels = Kernels.open(1, IsaLevel.SCALAR);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        kernels.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"blk.0.ffn_gate.weight", "output_norm.weight", "token_embd.weight"})
    void rejectsWeightsThatAreNotFinite(String name) throws IOException {
        for (float value : new float[]{Float.NaN, Float.POSITIVE_INFINITY}) {
            var writer = TinyModel.of("llama", QuantType.F32).writer();
            byte[] bytes = writer.bytes();
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(writer.mark("data " + name) + 20, value);
            var rejected = rejected(Files.write(folder.resolve("m.gguf"), bytes));
            assertEquals("non_finite_weight", rejected.code());
            assertEquals(name, rejected.field());
        }
    }

    @Test
    void rejectsAFileThatIsCutAfterItWasChecked() throws IOException {
        var path = TinyModel.of("llama", QuantType.F32).write(folder.resolve("m.gguf"));
        try (var file = GgufFile.open(path)) {
            var reader = ModelReader.read(file, LoadedTiny.KNOWN);
            try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(file.fileBytes() - 1000);
            }
            var rejected = assertThrows(ModelRejectedException.class, () -> reader.load(request(64, 1), kernels));
            assertEquals("file_changed", rejected.code());
        }
    }

    @Test
    void allocatesNothingByTheContextAFileClaims() throws IOException {
        var path = TinyModel.of("llama", QuantType.Q8_0).withContext(Integer.MAX_VALUE).write(folder.resolve("m.gguf"));
        try (var file = GgufFile.open(path)) {
            var reader = ModelReader.read(file, LoadedTiny.KNOWN);
            var plan = reader.plan(new PlanRequest(Integer.MAX_VALUE, 1, KvType.F16, 256L << 20, 128L << 20, 0));
            assertTrue(plan.fits(), plan::toString);
            assertEquals(java.util.List.of("context"), plan.reduced());
            try (var model = reader.load(request(300, 1), kernels)) {
                assertEquals(300, model.shape().context());
            }
        }
    }

    @Test
    void givesOutAsManySlotsAsWerePlanned() {
        try (var tiny = new LoadedTiny(folder, TinyModel.of("llama", QuantType.Q8_0), 1, IsaLevel.SCALAR, KvType.F16)) {
            for (int i = 0; i < 4; i++) {
                assertTrue(tiny.model.newKv().capacity() >= tiny.model.shape().context());
            }
            assertThrows(IllegalStateException.class, tiny.model::newKv);
        }
    }

    @Test
    void refusesRowsOutOfRange() {
        try (var tiny = new LoadedTiny(folder, TinyModel.of("llama", QuantType.Q8_0), 1, IsaLevel.SCALAR, KvType.F16)) {
            var slot = tiny.model.newKv();
            int[][] rows = {{-1, 0}, {tiny.model.shape().vocabulary(), 0}, {0, -1}, {0, tiny.model.shape().context()}};
            for (int[] row : rows) {
                var batch = new ForwardBatch(4);
                batch.add(row[0], row[1], slot, Output.LOGITS);
                assertThrows(IllegalArgumentException.class, () -> tiny.model.forward(batch));
            }
        }
    }

    @Test
    void tellsThatARowHasNoResult() {
        var batch = new ForwardBatch(2);
        assertThrows(IllegalArgumentException.class, () -> batch.result(0));
        assertThrows(IllegalArgumentException.class, () -> new ForwardBatch(0));
    }

    @Test
    void rejectsEightBitKeysForHeadsWithoutWholeGroups() {
        var path = TinyModel.of("llama", QuantType.F32).write(folder.resolve("m.gguf"));
        try (var file = GgufFile.open(path)) {
            var reader = ModelReader.read(file, LoadedTiny.KNOWN);
            var rejected = assertThrows(ModelRejectedException.class,
                    () -> reader.plan(new PlanRequest(64, 1, KvType.Q8_0, Long.MAX_VALUE, 256L << 20, 0)));
            assertEquals("unsupported_feature", rejected.code());
        }
    }

    private ModelRejectedException rejected(Path path) {
        try (var file = GgufFile.open(path)) {
            var reader = ModelReader.read(file, LoadedTiny.KNOWN);
            return assertThrows(ModelRejectedException.class, () -> reader.load(request(64, 1), kernels));
        }
    }

    private static PlanRequest request(int context, int parallel) {
        return new PlanRequest(context, parallel, KvType.F16, Long.MAX_VALUE, 512L << 20, 0);
    }
}
