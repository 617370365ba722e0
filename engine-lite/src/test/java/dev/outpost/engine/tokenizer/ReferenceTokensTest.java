package dev.outpost.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.prompt.JsonFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids equal to llama.cpp's over small vocabularies; the resources' README tells the origin. */
class ReferenceTokensTest {

    @ParameterizedTest
    @ValueSource(strings = {"default", "gpt-2", "smollm", "llama-bpe", "qwen2"})
    void cutsWordsAsThePreTokenizerDemands(String preTokenizer) {
        compare(TokenizerFixture.BYTE_LEVEL, preTokenizer, TokenizerFixture.byteLevel(preTokenizer));
    }

    @Test
    void mergesByScoreWithASpacePutInFront() {
        compare(TokenizerFixture.SENTENCE_PIECE, "prefix",
                TokenizerFixture.sentencePiece().bool("tokenizer.ggml.add_space_prefix", true));
    }

    @Test
    void mergesByScoreWithoutASpaceInFrontAndLeavesExtraSpacesAlone() {
        compare(TokenizerFixture.SENTENCE_PIECE, "plain",
                TokenizerFixture.sentencePiece().bool("tokenizer.ggml.add_space_prefix", false)
                        .bool("tokenizer.ggml.add_bos_token", false).bool("tokenizer.ggml.add_eos_token", true)
                        .bool("tokenizer.ggml.remove_extra_whitespaces", true));
    }

    private static void compare(Map<String, Object> fixture, String set, GgufWriter file) {
        Tokenizer tokenizer = TokenizerFixture.read(file);
        List<String> texts = JsonFixture.strings(fixture.get("texts"));
        Map<String, Object> expected = JsonFixture.object(JsonFixture.object(fixture.get("sets")).get(set));
        List<Object> plain = JsonFixture.list(expected.get("ids"));
        List<Object> special = JsonFixture.list(expected.get("special"));
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            assertArrayEquals(JsonFixture.ints(plain.get(i)), tokenizer.encode(text, false), () -> set + ": " + text);
            assertArrayEquals(JsonFixture.ints(special.get(i)), tokenizer.encodePrompt(text, true),
                    () -> set + ": " + text);
        }
        List<Object> ends = JsonFixture.list(expected.get("eog"));
        for (int id = 0; id < tokenizer.vocabulary(); id++) {
            assertEquals(ends.contains((long) id), tokenizer.isEndOfGeneration(id), tokenizer.piece(id));
        }
    }
}
