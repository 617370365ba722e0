package dev.outpost.engine.tokenizer;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufMetadata;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Builds the tokenizer a model file describes; every array is checked before it is used. */
final class TokenizerReader {

    private static final String MODEL = "tokenizer.ggml.model";
    private static final String PRE = "tokenizer.ggml.pre";
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String SCORES = "tokenizer.ggml.scores";
    private static final String TYPES = "tokenizer.ggml.token_type";

    private static final SpecialTokens.Defaults SENTENCE_PIECE_DEFAULTS = new SpecialTokens.Defaults(1, 2, 0, true);
    private static final int BPE_DEFAULT_END = 11;

    /** The longest known piece has 1,024 bytes. */
    private static final int PIECE_BYTES_LIMIT = 1 << 14;

    private final GgufMetadata metadata;

    TokenizerReader(GgufMetadata metadata) {
        this.metadata = metadata;
    }

    Tokenizer read() {
        String model = metadata.string(MODEL)
                .orElseThrow(() -> rejected("tokenizer", MODEL, "model file has no tokenizer"));
        return switch (model) {
            case "gpt2" -> bytePair();
            case "llama" -> sentencePiece();
            default -> throw rejected("unsupported_tokenizer", MODEL,
                    "tokenizer is not supported: expected=gpt2|llama, found=" + model);
        };
    }

    private Tokenizer bytePair() {
        String name = metadata.string(PRE).filter(pre -> !pre.isEmpty()).orElse("default");
        PreTokenizer preTokenizer = PreTokenizer.named(name)
                .orElseThrow(() -> rejected("unsupported_pre_tokenizer", PRE,
                        "pre-tokenizer is not supported: expected=gpt-2|smollm|llama-bpe|qwen2, found=" + name));
        Vocabulary pieces = vocabulary(new float[0]);
        var defaults = new SpecialTokens.Defaults(BPE_DEFAULT_END, BPE_DEFAULT_END, -1, preTokenizer.opens());
        SpecialTokens.Found found = SpecialTokens.read(metadata, pieces, defaults);
        ByteTokens.of(found.vocabulary());
        List<byte[]> lines = metadata.texts(BpeMerges.KEY)
                .orElseThrow(() -> rejected("merges", BpeMerges.KEY, "vocabulary of kind gpt2 has no merges"));
        BpeMerges merges = new BpeMerges(lines, found.vocabulary());
        return new ModelTokenizer(found, new BpeModel(found.vocabulary(), merges, preTokenizer), stripsRight(found));
    }

    private Tokenizer sentencePiece() {
        float[] scores = metadata.decimals(SCORES)
                .orElseThrow(() -> rejected("vocabulary", SCORES, "vocabulary of kind llama has no scores"));
        SpecialTokens.Found found = SpecialTokens.read(metadata, vocabulary(scores), SENTENCE_PIECE_DEFAULTS);
        TextModel model = new SentencePieceModel(found.vocabulary(), ByteTokens.of(found.vocabulary()),
                found.tokens().unknown().orElse(-1),
                metadata.bool("tokenizer.ggml.add_space_prefix").orElse(true));
        return new ModelTokenizer(found, model, stripsRight(found));
    }

    private Vocabulary vocabulary(float[] scores) {
        List<byte[]> pieces = metadata.texts(TOKENS)
                .orElseThrow(() -> rejected("vocabulary", TOKENS, "model file has no vocabulary"));
        int count = pieces.size();
        if (count == 0 || count >= BpeMerges.ID_LIMIT) {
            throw rejected("vocabulary", TOKENS,
                    "vocabulary size is out of range: expected=1.." + (BpeMerges.ID_LIMIT - 1) + ", found=" + count);
        }
        demandLength(SCORES, scores.length == 0 ? count : scores.length, count);
        for (int id = 0; id < count; id++) {
            if (pieces.get(id).length > PIECE_BYTES_LIMIT) {
                throw rejected("vocabulary", TOKENS, "piece is too long: id=" + id + ", limit=" + PIECE_BYTES_LIMIT
                        + ", found=" + pieces.get(id).length);
            }
        }
        return new Vocabulary(pieces, types(count), scores);
    }

    private byte[] types(int count) {
        byte[] types = new byte[count];
        java.util.Arrays.fill(types, TokenType.NORMAL.code());
        metadata.integers(TYPES).ifPresent(given -> {
            demandLength(TYPES, given.length, count);
            for (int id = 0; id < count; id++) {
                types[id] = TokenType.of(given[id]).code();
            }
        });
        return types;
    }

    private void demandLength(String key, int found, int expected) {
        if (found != expected) {
            throw rejected("vocabulary", key,
                    "vocabulary arrays differ in length: expected=" + expected + ", found=" + found);
        }
    }

    /** Phi 3 swallows the white space after its special tokens; files say so only by the model's name (llama.cpp's rule). */
    private BitSet stripsRight(SpecialTokens.Found found) {
        BitSet strips = new BitSet();
        String name = metadata.string("general.name").orElse("").toLowerCase(Locale.ROOT);
        if (!name.contains("phi-3") && !name.contains("phi3")) {
            return strips;
        }
        Vocabulary vocabulary = found.vocabulary();
        for (int id = 0; id < vocabulary.size(); id++) {
            TokenType type = vocabulary.type(id);
            strips.set(id, type == TokenType.CONTROL || type == TokenType.USER_DEFINED || type == TokenType.UNKNOWN);
        }
        for (String plain : List.of("<unk>", "<s>", "<|endoftext|>")) {
            int id = vocabulary.find(plain);
            if (id >= 0) {
                strips.clear(id);
            }
        }
        return strips;
    }

    private ModelRejectedException rejected(String code, String key, String detail) {
        return new ModelRejectedException(code, key, metadata.offset(key), detail);
    }
}
