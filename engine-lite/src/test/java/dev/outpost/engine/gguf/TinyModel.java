package dev.outpost.engine.gguf;

import dev.outpost.engine.quant.QuantType;
import java.nio.file.Path;
import java.util.Random;

/**
 * A complete model of random weights, small enough for any test: a byte-level BPE vocabulary of 288 tokens, a ChatML
 * template, and an architecture of choice. The same value always makes the same bytes.
 *
 * @param architecture {@code llama}, {@code qwen2} (biases on q, k, v) or {@code qwen3} (norms on q and k)
 * @param weights type of all matrices, embedding and head included; norms and biases are F32
 * @param hidden width, a multiple of the weight type's block
 * @param layers number of layers
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param headDim width of a head; for {@code llama} and {@code qwen2} it is hidden / heads
 * @param feedForward width of the feed-forward part, a multiple of the weight type's block
 * @param tied the head is the embedding
 * @param ropeFactors a {@code rope_freqs} tensor stretches the lower frequencies, as Llama 3's files have it
 * @param ropeScale linear rope scaling where it is not 1
 * @param context trained context
 * @param seed of all weights
 */
public record TinyModel(String architecture, QuantType weights, int hidden, int layers, int heads, int kvHeads,
        int headDim, int feedForward, boolean tied, boolean ropeFactors, float ropeScale, int context, long seed) {

    /** A loop over turns, then the opening of the answer. */
    public static final String CHAT_TEMPLATE = "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
            + "{{ message['content'] }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    /** Two layers of width 64; of width 256 for types with blocks of 256. */
    public static TinyModel of(String architecture, QuantType weights) {
        int hidden = weights.blockSize() == 256 ? 256 : 64;
        return new TinyModel(architecture, weights, hidden, 2, 4, 2, hidden / 4, weights.blockSize() == 256 ? 256 : 96,
                false, false, 1, 256, 1);
    }

    public TinyModel withTied(boolean newTied) {
        return new TinyModel(architecture, weights, hidden, layers, heads, kvHeads, headDim, feedForward, newTied,
                ropeFactors, ropeScale, context, seed);
    }

    public TinyModel withRopeFactors(boolean newRopeFactors) {
        return new TinyModel(architecture, weights, hidden, layers, heads, kvHeads, headDim, feedForward, tied,
                newRopeFactors, ropeScale, context, seed);
    }

    public TinyModel withRopeScale(float newRopeScale) {
        return new TinyModel(architecture, weights, hidden, layers, heads, kvHeads, headDim, feedForward, tied,
                ropeFactors, newRopeScale, context, seed);
    }

    public TinyModel withContext(int newContext) {
        return new TinyModel(architecture, weights, hidden, layers, heads, kvHeads, headDim, feedForward, tied,
                ropeFactors, ropeScale, newContext, seed);
    }

    public TinyModel withSeed(long newSeed) {
        return new TinyModel(architecture, weights, hidden, layers, heads, kvHeads, headDim, feedForward, tied,
                ropeFactors, ropeScale, context, newSeed);
    }

    public TinyModel withSizes(int newHidden, int newLayers, int newHeads, int newKvHeads, int newHeadDim,
            int newFeedForward) {
        return new TinyModel(architecture, weights, newHidden, newLayers, newHeads, newKvHeads, newHeadDim,
                newFeedForward, tied, ropeFactors, ropeScale, context, seed);
    }

    /** Number of tokens. */
    public int vocabulary() {
        return TinyVocabulary.tokens().size();
    }

    public Path write(Path file) {
        return writer().write(file);
    }

    public byte[] bytes() {
        return writer().bytes();
    }

    /** The model as a file about to be written, for tests that want to add to it or spoil it. */
    public GgufWriter writer() {
        var writer = new GgufWriter();
        hyperParameters(writer);
        vocabulary(writer);
        var random = new Random(seed);
        matrix(writer, "token_embd.weight", hidden, vocabulary(), 1f, random);
        for (int layer = 0; layer < layers; layer++) {
            layer(writer, "blk." + layer + ".", random);
        }
        norm(writer, "output_norm.weight", hidden, random);
        if (!tied) {
            matrix(writer, "output.weight", hidden, vocabulary(), 3f / (float) Math.sqrt(hidden), random);
        }
        if (ropeFactors) {
            float[] factors = new float[headDim / 2];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = i < factors.length / 2 ? 1 : 1 + 7f * i / factors.length;
            }
            writer.tensor("rope_freqs.weight", factors, factors.length);
        }
        return writer;
    }

    private void hyperParameters(GgufWriter writer) {
        writer.string("general.architecture", architecture).string("general.name", "tiny " + architecture);
        writer.u32(architecture + ".block_count", layers).u32(architecture + ".context_length", context)
                .u32(architecture + ".embedding_length", hidden)
                .u32(architecture + ".feed_forward_length", feedForward)
                .u32(architecture + ".attention.head_count", heads)
                .u32(architecture + ".attention.head_count_kv", kvHeads)
                .f32(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .f32(architecture + ".rope.freq_base", 10000f).u32(architecture + ".vocab_size", vocabulary());
        if (architecture.equals("qwen3")) {
            writer.u32("qwen3.attention.key_length", headDim).u32("qwen3.attention.value_length", headDim);
        } else {
            writer.u32(architecture + ".rope.dimension_count", headDim);
        }
        if (ropeScale != 1) {
            writer.string(architecture + ".rope.scaling.type", "linear").f32(architecture + ".rope.scaling.factor",
                    ropeScale);
        }
    }

    private void vocabulary(GgufWriter writer) {
        writer.string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", architecture.startsWith("qwen") ? "qwen2" : "gpt-2")
                .strings("tokenizer.ggml.tokens", TinyVocabulary.tokens())
                .integers("tokenizer.ggml.token_type", TinyVocabulary.types())
                .strings("tokenizer.ggml.merges", TinyVocabulary.MERGES)
                .u32("tokenizer.ggml.bos_token_id", TinyVocabulary.END_OF_TEXT)
                .u32("tokenizer.ggml.eos_token_id", TinyVocabulary.TURN_END)
                .u32("tokenizer.ggml.padding_token_id", TinyVocabulary.END_OF_TEXT)
                .bool("tokenizer.ggml.add_bos_token", false).string("tokenizer.chat_template", CHAT_TEMPLATE);
    }

    private void layer(GgufWriter writer, String prefix, Random random) {
        float narrow = 1.5f / (float) Math.sqrt(hidden);
        norm(writer, prefix + "attn_norm.weight", hidden, random);
        matrix(writer, prefix + "attn_q.weight", hidden, heads * headDim, narrow, random);
        matrix(writer, prefix + "attn_k.weight", hidden, kvHeads * headDim, narrow, random);
        matrix(writer, prefix + "attn_v.weight", hidden, kvHeads * headDim, narrow, random);
        if (architecture.equals("qwen2")) {
            bias(writer, prefix + "attn_q.bias", heads * headDim, random);
            bias(writer, prefix + "attn_k.bias", kvHeads * headDim, random);
            bias(writer, prefix + "attn_v.bias", kvHeads * headDim, random);
        }
        if (architecture.equals("qwen3")) {
            norm(writer, prefix + "attn_q_norm.weight", headDim, random);
            norm(writer, prefix + "attn_k_norm.weight", headDim, random);
        }
        matrix(writer, prefix + "attn_output.weight", heads * headDim, hidden, narrow, random);
        norm(writer, prefix + "ffn_norm.weight", hidden, random);
        matrix(writer, prefix + "ffn_gate.weight", hidden, feedForward, narrow, random);
        matrix(writer, prefix + "ffn_up.weight", hidden, feedForward, narrow, random);
        matrix(writer, prefix + "ffn_down.weight", feedForward, hidden, 1.5f / (float) Math.sqrt(feedForward), random);
    }

    private void matrix(GgufWriter writer, String name, int columns, int rows, float spread, Random random) {
        writer.tensor(name, weights, RandomBlocks.of(weights, columns * rows, spread, random), columns, rows);
    }

    private static void norm(GgufWriter writer, String name, int width, Random random) {
        float[] values = new float[width];
        for (int i = 0; i < width; i++) {
            values[i] = 0.8f + 0.4f * random.nextFloat();
        }
        writer.tensor(name, values, width);
    }

    private static void bias(GgufWriter writer, String name, int width, Random random) {
        float[] values = new float[width];
        for (int i = 0; i < width; i++) {
            values[i] = 0.3f * (float) random.nextGaussian();
        }
        writer.tensor(name, values, width);
    }
}
