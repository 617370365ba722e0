package dev.outpost.engine.tokenizer;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufMetadata;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The tokens that mean something to the engine: ids from the file, defaults of the vocabulary's kind, and what is known by
 * name (see {@link SpecialNames}).
 *
 * @param beginOfSequence, endOfSequence, unknown absent where neither file nor kind gives one in range
 * @param addBegin, addEnd prompts open or close with them
 * @param endOfGeneration ids that end an answer
 */
record SpecialTokens(OptionalInt beginOfSequence, OptionalInt endOfSequence, OptionalInt unknown, boolean addBegin,
        boolean addEnd, BitSet endOfGeneration) {

    private static final String PREFIX = "tokenizer.ggml.";
    private static final long NONE_AS_U32 = 0xFFFF_FFFFL;

    SpecialTokens {
        endOfGeneration = (BitSet) endOfGeneration.clone();
    }

    /** What a kind of vocabulary assumes where the file is silent; -1 for none. */
    record Defaults(int begin, int end, int unknown, boolean addBegin) {}

    /** Special tokens, and the vocabulary with the token kinds their names imply. */
    record Found(SpecialTokens tokens, Vocabulary vocabulary) {}

    /**
     * @throws ModelRejectedException ({@code special_token}) where the file gives an id that is no token, or wants a token
     *         added that is absent
     */
    static Found read(GgufMetadata metadata, Vocabulary vocabulary, Defaults defaults) {
        Reader reader = new Reader(metadata, vocabulary);
        OptionalInt begin = reader.id("bos_token_id", defaults.begin());
        OptionalInt end = reader.id("eos_token_id", defaults.end());
        OptionalInt unknown = reader.id("unknown_token_id", defaults.unknown());
        for (String other : List.of("seperator_token_id", "padding_token_id", "mask_token_id")) {
            reader.id(other, -1);
        }
        BitSet ends = reader.endOfGeneration(end);
        boolean addBegin = metadata.bool(PREFIX + "add_bos_token").orElse(defaults.addBegin());
        boolean addEnd = metadata.bool(PREFIX + "add_eos_token").orElse(false);
        reader.demand(addBegin, begin, "bos_token_id");
        reader.demand(addEnd, end, "eos_token_id");
        return new Found(new SpecialTokens(begin, end, unknown, addBegin, addEnd, ends),
                vocabulary.withTypes(reader.types));
    }

    boolean isEndOfGeneration(int id) {
        return endOfGeneration.get(id);
    }

    /** Reads ids and re-types tokens on the way. */
    private static final class Reader {

        private final GgufMetadata metadata;
        private final Vocabulary vocabulary;
        private final byte[] types;

        Reader(GgufMetadata metadata, Vocabulary vocabulary) {
            this.metadata = metadata;
            this.vocabulary = vocabulary;
            this.types = vocabulary.types();
        }

        /** -1, also as an unsigned word, is how converters write "none". */
        OptionalInt id(String name, int otherwise) {
            String key = PREFIX + name;
            OptionalLong given = metadata.integer(key);
            if (given.isEmpty()) {
                return otherwise >= 0 && otherwise < vocabulary.size()
                        ? OptionalInt.of(otherwise)
                        : OptionalInt.empty();
            }
            long id = given.getAsLong();
            if (id == -1 || id == NONE_AS_U32) {
                return OptionalInt.empty();
            }
            if (id < 0 || id >= vocabulary.size()) {
                throw new ModelRejectedException("special_token", key, metadata.offset(key),
                        "special token is no token: expected=0.." + (vocabulary.size() - 1) + ", found=" + id);
            }
            return OptionalInt.of((int) id);
        }

        void demand(boolean added, OptionalInt token, String name) {
            if (added && token.isEmpty()) {
                throw new ModelRejectedException("special_token", PREFIX + name, metadata.offset(PREFIX + name),
                        "prompts want a token the vocabulary does not have: expected=0.." + (vocabulary.size() - 1));
            }
        }

        BitSet endOfGeneration(OptionalInt end) {
            OptionalInt turn = idOrName("eot_token_id", SpecialNames.END_OF_TURN);
            OptionalInt message = idOrName("eom_token_id", SpecialNames.END_OF_MESSAGE);
            fim("prefix_token_id", "fim_pre_token_id", SpecialNames.FIM_PREFIX);
            fim("suffix_token_id", "fim_suf_token_id", SpecialNames.FIM_SUFFIX);
            fim("middle_token_id", "fim_mid_token_id", SpecialNames.FIM_MIDDLE);
            BitSet ends = new BitSet();
            idOrName("fim_pad_token_id", SpecialNames.FIM_PAD).ifPresent(ends::set);
            idOrName("fim_rep_token_id", SpecialNames.FIM_REPOSITORY).ifPresent(ends::set);
            idOrName("fim_sep_token_id", SpecialNames.FIM_SEPARATOR).ifPresent(ends::set);
            for (String name : SpecialNames.END_OF_GENERATION) {
                control(vocabulary.find(name)).ifPresent(ends::set);
            }
            for (String name : SpecialNames.ALWAYS_SHOWN) {
                retype(vocabulary.find(name), TokenType.USER_DEFINED);
            }
            end.ifPresent(ends::set);
            turn.ifPresent(ends::set);
            message.ifPresent(ends::set);
            except(ends);
            return ends;
        }

        private void fim(String oldName, String name, List<String> names) {
            if (id(oldName, -1).isEmpty()) {
                idOrName(name, names);
            }
        }

        private OptionalInt idOrName(String key, List<String> names) {
            OptionalInt given = id(key, -1);
            if (given.isPresent()) {
                return given;
            }
            for (String name : names) {
                int id = vocabulary.find(name);
                if (id >= 0) {
                    return control(id);
                }
            }
            return OptionalInt.empty();
        }

        /** Formats in which {@code <|end|>} ends a channel, not the answer, and a file whose {@code </s>} is plain text. */
        private void except(BitSet ends) {
            boolean calls = has(ends, "<|call|>") || has(ends, "<|calls|>");
            boolean channels = has(ends, "<|return|>") && calls || calls && has(ends, "<|flush|>");
            if (channels && has(ends, "<|end|>")) {
                ends.clear(vocabulary.find("<|end|>"));
                retype(vocabulary.find("<|end|>"), TokenType.USER_DEFINED);
            }
            if (has(ends, "<|tool_response>") && has(ends, "</s>")) {
                ends.clear(vocabulary.find("</s>"));
                retype(vocabulary.find("</s>"), TokenType.NORMAL);
            }
        }

        private boolean has(BitSet ends, String name) {
            int id = vocabulary.find(name);
            return id >= 0 && ends.get(id);
        }

        private OptionalInt control(int id) {
            retype(id, TokenType.CONTROL);
            return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
        }

        private void retype(int id, TokenType type) {
            if (id >= 0) {
                types[id] = type.code();
            }
        }
    }
}
