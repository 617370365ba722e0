package dev.outpost.engine.tokenizer;

import java.util.List;

/**
 * Names by which tokens are known to be special where the file does not say, as llama.cpp lists them: converters left many
 * files without the ids or with the wrong token type.
 */
final class SpecialNames {

    /** End of a turn. */
    static final List<String> END_OF_TURN = List.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>",
            "<|endoftext|>",
            "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]", "<｜end▁of▁sentence｜>", "<end_of_utterance>");

    static final List<String> END_OF_MESSAGE = List.of("<|eom_id|>");

    /** Ends an answer, whatever else it is. */
    static final List<String> END_OF_GENERATION = List.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>",
            "<|call|>",
            "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>",
            "[EOT]",
            "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
            "<｜end▁of▁sentence｜>",
            "[e~[");

    /** Fill in the middle: markers that are special but end nothing. */
    static final List<String> FIM_PREFIX = List.of("<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>",
            "<PRE>",
            "▁<PRE>", "<|code_prefix|>", "<|prefix|>");
    static final List<String> FIM_SUFFIX = List.of("<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>",
            "<SUF>",
            "▁<SUF>", "<|code_suffix|>", "<|suffix|>");
    static final List<String> FIM_MIDDLE = List.of("<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>",
            "<MID>",
            "▁<MID>", "<|code_middle|>", "<|middle|>");

    /** Fill in the middle: markers that end an answer. */
    static final List<String> FIM_PAD = List.of("<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]");
    static final List<String> FIM_REPOSITORY = List.of("<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>",
            "<reponame>");
    static final List<String> FIM_SEPARATOR = List.of("<|file_sep|>");

    /** Parts of a channel format that are shown as text. */
    static final List<String> ALWAYS_SHOWN = List.of("<|channel|>", "<|message|>", "<|start|>", "<|constrain|>");

    private SpecialNames() {}
}
