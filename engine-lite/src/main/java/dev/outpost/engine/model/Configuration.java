package dev.outpost.engine.model;

/**
 * The dimensions of a decoder-only transformer.
 *
 * @param layers number of layers
 * @param hidden width of the residual stream
 * @param feedForward inner width of the gated feed-forward network
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param headDim width of one head
 * @param epsilon added to the mean square in RMS norms
 * @param vocabulary number of tokens
 * @param trainedContext tokens the model was trained with
 * @param rope rotary position embedding
 */
public record Configuration(int layers, int hidden, int feedForward, int heads, int kvHeads, int headDim,
        float epsilon, int vocabulary, int trainedContext, RopeScaling rope) {

    /** Width of all query heads together. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of all key (or value) heads together. */
    public int kvWidth() {
        return kvHeads * headDim;
    }

    /**
     * Reads the keys that all families share and checks their ranges and relations.
     *
     * @throws dev.outpost.engine.failure.ModelRejectedException naming the key
     */
    public static Configuration read(HyperParameters file) {
        file.refuseAbove("expert_count", 0, "mixtures of experts are not run here");
        int layers = file.integer("block_count", 1, 512);
        int hidden = file.integer("embedding_length", 1, 1 << 16);
        int feedForward = file.integer("feed_forward_length", 1, 1 << 20);
        int heads = file.integer("attention.head_count", 1, 1024);
        int kvHeads = file.integer("attention.head_count_kv", 1, 1024, heads);
        file.require("attention.head_count_kv", heads % kvHeads == 0, "a divisor of head_count=" + heads, kvHeads);
        int headDim = file.integer("attention.key_length", 1, 1024, hidden / heads);
        if (!file.has("attention.key_length")) {
            file.require("attention.head_count", hidden % heads == 0, "a divisor of embedding_length=" + hidden, heads);
        }
        int valueDim = file.integer("attention.value_length", 1, 1024, headDim);
        file.require("attention.value_length", valueDim == headDim, "key_length=" + headDim, valueDim);
        requireGroups(file, "embedding_length", hidden);
        requireGroups(file, "feed_forward_length", feedForward);
        requireGroups(file, "attention.head_count", heads * headDim);
        return new Configuration(layers, hidden, feedForward, heads, kvHeads, headDim,
                (float) file.decimal("attention.layer_norm_rms_epsilon", 1e-12, 0.1), file.vocabulary(),
                file.integer("context_length", 1, Integer.MAX_VALUE), RopeScaling.read(file, headDim));
    }

    /** Activations are quantised in groups of 32, so every matrix has rows of whole groups. */
    private static void requireGroups(HyperParameters file, String key, int width) {
        file.require(key, width % 32 == 0, "a row width that is a multiple of 32", width);
    }
}
