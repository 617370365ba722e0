package dev.outpost.engine.gguf;

import java.util.OptionalInt;

/** Vocabulary arrays as a container holds them: types and equal lengths. What tokens mean is the tokenizer's. */
final class VocabularyArrays {

    private static final String TOKENS = "tokenizer.ggml.tokens";

    private VocabularyArrays() {}

    static void check(GgufMetadata metadata) {
        metadata.demandArray(TOKENS, ValueType.STRING::equals, "array of string");
        metadata.demandArray("tokenizer.ggml.merges", ValueType.STRING::equals, "array of string");
        metadata.demandArray("tokenizer.ggml.scores", ValueType::isDecimal, "array of float");
        metadata.demandArray("tokenizer.ggml.token_type", ValueType::isInteger, "array of integer");
        demandLength(metadata, "tokenizer.ggml.scores");
        demandLength(metadata, "tokenizer.ggml.token_type");
    }

    private static void demandLength(GgufMetadata metadata, String key) {
        OptionalInt found = metadata.arraySize(key);
        int expected = metadata.arraySize(TOKENS).orElse(0);
        if (found.isPresent() && found.getAsInt() != expected) {
            throw RejectCode.VOCABULARY_MISMATCH.at(metadata.offset(key), key,
                    "vocabulary arrays differ in length: expected=" + expected + ", found=" + found.getAsInt());
        }
    }
}
