package dev.outpost.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile and broken vocabularies: A16 special ids, A17 arrays and pieces, A18 byte tokens, A19 merges, A20 character maps. */
class TokenizerRejectsTest {

    private static final List<String> BYTES = bytes();

    private static List<String> bytes() {
        List<String> pieces = new ArrayList<>();
        byte[] buffer = new byte[2];
        for (int b = 0; b < 256; b++) {
            int length = ByteAlphabet.write((byte) b, buffer, 0);
            pieces.add(new String(buffer, 0, length, java.nio.charset.StandardCharsets.UTF_8));
        }
        return pieces;
    }

    private static GgufWriter vocabulary(List<String> extra, int extraType, String... merges) {
        List<String> tokens = new ArrayList<>(BYTES);
        tokens.addAll(extra);
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 0, 256, 1);
        Arrays.fill(types, 256, types.length, extraType);
        return TokenizerFixture.bytesAnd(tokens, types, List.of(merges));
    }

    private static void rejects(String code, String field, GgufWriter file) {
        ModelRejectedException rejected = assertThrows(ModelRejectedException.class, () -> TokenizerFixture.read(file));
        assertEquals(code, rejected.code(), rejected.getMessage());
        assertEquals(field, rejected.field(), rejected.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"bos_token_id,256", "eos_token_id,1000000", "unknown_token_id,-2", "padding_token_id,256",
            "eot_token_id,257", "fim_pad_token_id,2147483647", "mask_token_id,256", "prefix_token_id,400"})
    void rejectsSpecialTokenThatIsNoToken(String name, int id) {
        String key = "tokenizer.ggml." + name;
        rejects("special_token", key, vocabulary(List.of(), 3).u32(key, id));
    }

    @Test
    void takesDefaultsOnlyWhereTheyAreTokens() {
        Tokenizer big = TokenizerFixture.read(vocabulary(List.of(), 3));
        assertEquals(OptionalInt.of(11), big.beginOfSequence());
        GgufWriter small = TokenizerFixture.bytesAnd(BYTES.subList(0, 11), new int[11], List.of());
        assertEquals(OptionalInt.empty(), TokenizerFixture.read(small).beginOfSequence());
        assertEquals(OptionalInt.empty(), TokenizerFixture.read(small).endOfSequence());
    }

    @Test
    void readsMinusOneAsNone() {
        GgufWriter file = vocabulary(List.of(), 3).u32("tokenizer.ggml.bos_token_id", -1);
        assertEquals(OptionalInt.empty(), TokenizerFixture.read(file).beginOfSequence());
    }

    @Test
    void rejectsPromptsThatWantATokenThatIsAbsent() {
        rejects("special_token", "tokenizer.ggml.bos_token_id", vocabulary(List.of(), 3)
                .u32("tokenizer.ggml.bos_token_id", -1).bool("tokenizer.ggml.add_bos_token", true));
    }

    @Test
    void rejectsNoVocabulary() {
        GgufWriter bare = new GgufWriter().string("tokenizer.ggml.model", "gpt2");
        rejects("vocabulary", "tokenizer.ggml.tokens", bare);
        rejects("tokenizer", "tokenizer.ggml.model", new GgufWriter().string("general.architecture", "llama"));
        rejects("vocabulary", "tokenizer.ggml.tokens", TokenizerFixture.bytesAnd(List.of(), new int[0], List.of()));
    }

    @Test
    void rejectsScoresOrTypesOfAnotherLength() {
        GgufWriter types = TokenizerFixture.bytesAnd(BYTES, new int[255], List.of());
        assertThrows(ModelRejectedException.class, () -> TokenizerFixture.read(types));
        GgufWriter scores = new GgufWriter().string("tokenizer.ggml.model", "llama")
                .strings("tokenizer.ggml.tokens", List.of("a", "b", "c")).decimals("tokenizer.ggml.scores", 1, 2);
        assertThrows(ModelRejectedException.class, () -> TokenizerFixture.read(scores));
        GgufWriter none = new GgufWriter().string("tokenizer.ggml.model", "llama").strings("tokenizer.ggml.tokens",
                List.of("a", "b", "c"));
        rejects("vocabulary", "tokenizer.ggml.scores", none);
    }

    @Test
    void rejectsScoresThatAreNoNumbers() {
        GgufWriter file = new GgufWriter().string("tokenizer.ggml.model", "llama")
                .strings("tokenizer.ggml.tokens", List.of("a", "b", "c"))
                .decimals("tokenizer.ggml.scores", 1, Float.NaN, 2);
        assertThrows(ModelRejectedException.class, () -> TokenizerFixture.read(file));
    }

    @Test
    void rejectsAPieceLongerThanAnyRealOne() {
        rejects("vocabulary", "tokenizer.ggml.tokens", vocabulary(List.of("a".repeat(20_000)), 1));
    }

    @Test
    void findsTheLowestIdOfDuplicatesAndNeverAnEmptyPiece() {
        Tokenizer tokenizer = TokenizerFixture.read(vocabulary(List.of("ab", "ab", "", "a"), 1, "a b"));
        assertArrayEquals(new int[]{256}, tokenizer.encode("ab", true));
        assertArrayEquals(new int[]{'a'}, tokenizer.encode("a", true));
        assertEquals("abab", tokenizer.decode(new int[]{256, 258, 257}, true));
        Tokenizer special = TokenizerFixture.read(vocabulary(List.of("<x>", "", "<x>"), 3));
        assertArrayEquals(new int[]{256, 'y'}, special.encode("<x>y", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<0x4>", "<0x041>", "<0xG1>", "0x41", "<0x41", "<0X41>", "<0x 1>", ""})
    void rejectsByteTokenThatNamesNoByte(String piece) {
        rejects("byte_token", "tokenizer.ggml.tokens", vocabulary(List.of(piece), 6));
    }

    @Test
    void rejectsTwoTokensForOneByte() {
        rejects("byte_token", "tokenizer.ggml.tokens", vocabulary(List.of("<0xAB>", "<0xab>"), 6));
    }

    @Test
    void writesBytesOnlyWithAll256Tokens() {
        List<String> pieces = new ArrayList<>(List.of("<unk>", "a"));
        for (int b = 0; b < 256; b++) {
            pieces.add("<0x%02X>".formatted(b));
        }
        assertArrayEquals(new int[]{1, 2 + 0xE2, 2 + 0x82, 2 + 0xAC}, sentencePiece(pieces).encode("a€", false));
        assertArrayEquals(new int[]{1, 0}, sentencePiece(pieces.subList(0, 257)).encode("a€", false));
    }

    private static Tokenizer sentencePiece(List<String> pieces) {
        int[] types = new int[pieces.size()];
        Arrays.fill(types, 6);
        types[0] = 2;
        types[1] = 1;
        return TokenizerFixture.read(new GgufWriter().string("tokenizer.ggml.model", "llama")
                .strings("tokenizer.ggml.tokens", pieces).integers("tokenizer.ggml.token_type", types)
                .decimals("tokenizer.ggml.scores", new float[pieces.size()]).bool("tokenizer.ggml.add_bos_token", false)
                .bool("tokenizer.ggml.add_space_prefix", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab", "a b c", " b", "a ", "", " ", "a  b", "a x1", "zz b", "a c"})
    void rejectsMergeWithoutTwoKnownPartsAndAKnownResult(String merge) {
        rejects("merges", "tokenizer.ggml.merges", vocabulary(List.of("ab"), 1, "a b", merge));
    }

    @Test
    void rejectsByteLevelVocabularyWithoutMerges() {
        rejects("merges", "tokenizer.ggml.merges",
                new GgufWriter().string("tokenizer.ggml.model", "gpt2").strings("tokenizer.ggml.tokens", BYTES));
    }

    @Test
    void endsMergingThoughAPairIsListedTwice() {
        Tokenizer tokenizer = TokenizerFixture
                .read(vocabulary(List.of("aa", "aaa"), 1, "a a", "aa a", "a a", "a aa", "aa a"));
        assertArrayEquals(new int[]{256, 256, 257}, tokenizer.encode("aaaaaaa", false));
    }

    @Test
    void namesTheKindItDoesNotKnow() {
        rejects("unsupported_tokenizer", "tokenizer.ggml.model",
                new GgufWriter().string("tokenizer.ggml.model", "bert"));
        rejects("unsupported_pre_tokenizer", "tokenizer.ggml.pre", new GgufWriter()
                .string("tokenizer.ggml.model", "gpt2").string("tokenizer.ggml.pre", "no-such-pattern"));
    }

    /** The kinds read here have no use for the map, so no byte of it is interpreted; the kind that has is refused. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 64, 4096})
    void neverReadsACharacterMap(int bytes) {
        byte[] map = new byte[bytes];
        new java.util.Random(bytes).nextBytes(map);
        GgufWriter file = TokenizerFixture.sentencePiece().array("tokenizer.ggml.precompiled_charsmap", 0, bytes, map);
        int[] plain = TokenizerFixture.read(TokenizerFixture.sentencePiece()).encode("ﬁne ①", false);
        assertArrayEquals(plain, TokenizerFixture.read(file).encode("ﬁne ①", false));
        rejects("unsupported_tokenizer", "tokenizer.ggml.model", new GgufWriter().string("tokenizer.ggml.model", "t5")
                .array("tokenizer.ggml.precompiled_charsmap", 0, bytes, map));
    }

    @Test
    void knowsTheEndOfAnAnswerByName() {
        Tokenizer turn = TokenizerFixture
                .read(vocabulary(List.of("<|im_end|>", "<|eom_id|>", "<|fim_pad|>", "<|x|>"), 1));
        assertTrue(turn.isEndOfGeneration(256));
        assertTrue(turn.isEndOfGeneration(257));
        assertTrue(turn.isEndOfGeneration(258));
        assertFalse(turn.isEndOfGeneration(259));
        assertArrayEquals(new int[]{256}, turn.encode("<|im_end|>", true));
        assertEquals("", turn.decode(new int[]{256}, false));
        Tokenizer channels = TokenizerFixture
                .read(vocabulary(List.of("<|return|>", "<|call|>", "<|end|>", "<|channel|>"), 3));
        assertTrue(channels.isEndOfGeneration(256));
        assertFalse(channels.isEndOfGeneration(258));
        assertEquals("<|end|><|channel|>", channels.decode(new int[]{258, 259}, false));
    }
}
