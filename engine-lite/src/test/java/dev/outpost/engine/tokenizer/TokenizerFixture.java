package dev.outpost.engine.tokenizer;

import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.prompt.JsonFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tokenizers of small files written on the spot, and of real models where they are present. */
final class TokenizerFixture {

    static final Map<String, Object> BYTE_LEVEL = JsonFixture.object(JsonFixture.resource("tokenizer/byte-level.json"));
    static final Map<String, Object> SENTENCE_PIECE = JsonFixture
            .object(JsonFixture.resource("tokenizer/sentence-piece.json"));

    private TokenizerFixture() {}

    static Tokenizer read(GgufWriter writer) {
        try {
            Path file = Files.createTempFile("tokenizer", ".gguf");
            try (GgufFile gguf = GgufFile.open(writer.write(file))) {
                return Tokenizer.read(gguf.metadata());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The byte-level vocabulary of the fixture; begin and end are its first two special tokens. */
    static GgufWriter byteLevel(String preTokenizer) {
        int[] types = JsonFixture.ints(BYTE_LEVEL.get("types"));
        int begin = 0;
        while (types[begin] == 1) {
            begin++;
        }
        return new GgufWriter().string("general.architecture", "llama").string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", preTokenizer)
                .strings("tokenizer.ggml.tokens", JsonFixture.strings(BYTE_LEVEL.get("tokens")))
                .integers("tokenizer.ggml.token_type", types)
                .strings("tokenizer.ggml.merges", JsonFixture.strings(BYTE_LEVEL.get("merges")))
                .u32("tokenizer.ggml.bos_token_id", begin).u32("tokenizer.ggml.eos_token_id", begin + 1);
    }

    static GgufWriter sentencePiece() {
        List<Object> given = JsonFixture.list(SENTENCE_PIECE.get("scores"));
        float[] scores = new float[given.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = ((Number) given.get(i)).floatValue();
        }
        return new GgufWriter().string("general.architecture", "llama").string("tokenizer.ggml.model", "llama")
                .strings("tokenizer.ggml.tokens", JsonFixture.strings(SENTENCE_PIECE.get("tokens")))
                .integers("tokenizer.ggml.token_type", JsonFixture.ints(SENTENCE_PIECE.get("types")))
                .decimals("tokenizer.ggml.scores", scores).u32("tokenizer.ggml.bos_token_id", 1)
                .u32("tokenizer.ggml.eos_token_id", 2).u32("tokenizer.ggml.unknown_token_id", 0);
    }

    /** A vocabulary that lists the given pieces after the 256 bytes, without merges. */
    static GgufWriter bytesAnd(List<String> tokens, int[] types, List<String> merges) {
        return new GgufWriter().string("general.architecture", "llama").string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", "gpt-2").strings("tokenizer.ggml.tokens", tokens)
                .integers("tokenizer.ggml.token_type", types).strings("tokenizer.ggml.merges", merges);
    }

    /** A file fetched by the shared models' script. */
    static Optional<Path> realModel(String fileName) {
        String given = System.getenv("OUTPOST_TEST_MODELS");
        Path folder = given != null
                ? Path.of(given)
                : Path.of(System.getProperty("user.home"), ".cache/outpost/test-models");
        return Optional.of(folder.resolve(fileName)).filter(Files::isRegularFile);
    }

    /** Reference outputs, beside the checkout. */
    static Optional<Path> golden(String name) {
        String given = System.getenv("OUTPOST_SHARED");
        Path shared = given != null ? Path.of(given) : Path.of(System.getProperty("outpost.shared", "../../shared"));
        return Optional.of(shared.resolve("golden").resolve(name)).filter(Files::isRegularFile);
    }
}
