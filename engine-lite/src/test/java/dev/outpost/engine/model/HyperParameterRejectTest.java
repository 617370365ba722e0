package dev.outpost.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.model.llama.Llama;
import dev.outpost.engine.model.qwen.Qwen2;
import dev.outpost.engine.model.qwen.Qwen3;
import dev.outpost.engine.quant.QuantType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Class A14 of malformed files: hyper-parameters and tensors that do not fit each other. */
class HyperParameterRejectTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"block_count, 0", "block_count, 513", "block_count, -1", "embedding_length, 0",
            "embedding_length, 48", "embedding_length, 2147483647", "feed_forward_length, 0",
            "feed_forward_length, 100", "attention.head_count, 0", "attention.head_count, 6",
            "attention.head_count_kv, 0", "attention.head_count_kv, 3", "attention.head_count_kv, 8",
            "rope.dimension_count, 0", "rope.dimension_count, 15", "rope.dimension_count, 18", "context_length, 0",
            "context_length, -1", "vocab_size, 287", "vocab_size, 0"})
    void rejectsIntegersOutOfRangeOrAtOdds(String key, int value) throws IOException {
        var rejected = rejected(patched("value llama." + key, value));
        assertEquals("hyper_parameter", rejected.code());
        assertEquals("llama." + key, rejected.field());
        assertTrue(rejected.offset().isPresent());
    }

    @ParameterizedTest
    @CsvSource({"attention.layer_norm_rms_epsilon, 0", "attention.layer_norm_rms_epsilon, 2",
            "attention.layer_norm_rms_epsilon, -1", "rope.freq_base, 0", "rope.freq_base, -10000"})
    void rejectsNumbersOutOfRange(String key, float value) throws IOException {
        var rejected = rejected(patched("value llama." + key, Float.floatToRawIntBits(value)));
        assertEquals("hyper_parameter", rejected.code());
        assertEquals("llama." + key, rejected.field());
    }

    @Test
    void rejectsNumbersThatAreNone() throws IOException {
        assertEquals("bad_number",
                rejected(patched("value llama.rope.freq_base", Float.floatToRawIntBits(Float.NaN))).code());
    }

    @ParameterizedTest
    @CsvSource({"block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count",
            "attention.layer_norm_rms_epsilon"})
    void rejectsMissingKeys(String key) throws IOException {
        var writer = tiny().writer();
        byte[] bytes = writer.bytes();
        int name = writer.mark("key llama." + key) + 8;
        bytes[name + "llama.".length()] = '_';
        var rejected = rejected(bytes);
        assertEquals("missing_metadata", rejected.code());
        assertEquals("llama." + key, rejected.field());
    }

    @ParameterizedTest
    @CsvSource({"token_embd.weight", "output_norm.weight", "blk.0.attn_norm.weight", "blk.1.attn_q.weight",
            "blk.1.attn_output.weight", "blk.0.ffn_down.weight"})
    void rejectsMissingTensors(String name) throws IOException {
        var rejected = rejected(renamed(tiny(), name));
        assertEquals("missing_tensor", rejected.code());
        assertEquals(name, rejected.field());
    }

    @Test
    void rejectsTensorsThatTheArchitectureDoesNotHave() throws IOException {
        var rejected = rejected(tiny().writer().tensor("blk.0.attn_q.bias", new float[64], 64).bytes());
        assertEquals("unexpected_tensor", rejected.code());
        assertEquals("blk.0.attn_q.bias", rejected.field());
    }

    @ParameterizedTest
    @CsvSource({"qwen2, blk.1.attn_k.bias", "qwen3, blk.1.attn_k_norm.weight"})
    void rejectsModelsOfAFamilyWithoutItsOwnTensors(String architecture, String name) throws IOException {
        var rejected = rejected(renamed(TinyModel.of(architecture, QuantType.Q8_0), name));
        assertEquals("missing_tensor", rejected.code());
        assertEquals(name, rejected.field());
    }

    @ParameterizedTest
    @CsvSource({"blk.0.attn_q.weight", "token_embd.weight", "blk.1.attn_norm.weight"})
    void rejectsShapesThatDoNotFit(String name) throws IOException {
        var writer = tiny().writer();
        byte[] bytes = writer.bytes();
        var shape = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int last = writer.mark("shape " + name) + 4 + 8 * (shape.getInt(writer.mark("shape " + name)) - 1);
        shape.putLong(last, shape.getLong(last) - 32);
        var rejected = rejected(bytes);
        assertTrue(List.of("tensor_shape", "unowned_bytes", "hyper_parameter").contains(rejected.code()),
                rejected.getMessage());
    }

    @Test
    void rejectsAShapeWhoseDimensionsAreExchanged() throws IOException {
        var writer = tiny().withSizes(64, 1, 4, 2, 16, 128).writer();
        byte[] bytes = writer.bytes();
        var shape = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = writer.mark("shape blk.0.ffn_gate.weight") + 4;
        long columns = shape.getLong(at);
        shape.putLong(at, shape.getLong(at + 8)).putLong(at + 8, columns);
        var rejected = rejected(bytes);
        assertEquals("tensor_shape", rejected.code());
        assertEquals("blk.0.ffn_gate.weight", rejected.field());
        assertTrue(rejected.offset().isPresent());
    }

    @Test
    void namesAnArchitectureItDoesNotKnow() throws IOException {
        var rejected = rejected(TinyModel.of("mamba", QuantType.F32).bytes());
        assertEquals("unknown_architecture", rejected.code());
        assertTrue(rejected.getMessage().contains("found=mamba"), rejected.getMessage());
        assertTrue(rejected.getMessage().contains("llama, qwen2, qwen3"), rejected.getMessage());
    }

    @Test
    void keepsControlCharactersOfAnArchitectureOutOfTheMessage() throws IOException {
        var rejected = rejected(
                new GgufWriter().string("general.architecture", "x\u001b[2J\nreboot").tensor("t", new float[32], 32)
                        .bytes());
        assertEquals("unknown_architecture", rejected.code());
        assertTrue(rejected.getMessage().chars().noneMatch(Character::isISOControl), rejected.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"expert_count, 8, unsupported_feature", "attention.key_length, 0, hyper_parameter",
            "attention.value_length, 32, hyper_parameter"})
    void rejectsAdditionsItCannotRun(String key, int value, String code) throws IOException {
        var rejected = rejected(tiny().writer().u32("llama." + key, value).bytes());
        assertEquals(code, rejected.code());
        assertEquals("llama." + key, rejected.field());
    }

    @Test
    void rejectsRopeScalingOfAnUnknownKind() throws IOException {
        var rejected = rejected(tiny().writer().string("llama.rope.scaling.type", "spiral").bytes());
        assertEquals("unsupported_feature", rejected.code());
        assertEquals("llama.rope.scaling.type", rejected.field());
    }

    @ParameterizedTest
    @CsvSource({"llama", "qwen2", "qwen3"})
    void readsModelsWithoutFault(String architecture) throws IOException {
        try (var file = opened(TinyModel.of(architecture, QuantType.Q4_1).bytes())) {
            var reader = read(file);
            assertEquals(architecture, reader.architecture());
            assertEquals(2, reader.configuration().layers());
            assertEquals(file.tensors().stream().mapToLong(t -> t.elements()).sum(), reader.parameters());
        }
    }

    private static TinyModel tiny() {
        return TinyModel.of("llama", QuantType.F32);
    }

    private static byte[] patched(String mark, int value) {
        var writer = tiny().writer();
        byte[] bytes = writer.bytes();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(writer.mark(mark), value);
        return bytes;
    }

    private static byte[] renamed(TinyModel model, String name) {
        var writer = model.writer();
        byte[] bytes = writer.bytes();
        bytes[writer.mark("name " + name) + 8 + name.length() - 1] = 'X';
        return bytes;
    }

    private ModelRejectedException rejected(byte[] bytes) throws IOException {
        return assertThrows(ModelRejectedException.class, () -> {
            try (var file = opened(bytes)) {
                read(file);
            }
        });
    }

    private GgufFile opened(byte[] bytes) throws IOException {
        return GgufFile.open(Files.write(folder.resolve("model.gguf"), bytes));
    }

    private static ModelReader read(GgufFile file) {
        return ModelReader.read(file, List.of(new Llama(), new Qwen2(), new Qwen3()));
    }
}
