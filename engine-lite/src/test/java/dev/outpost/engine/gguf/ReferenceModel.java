package dev.outpost.engine.gguf;

import dev.outpost.engine.quant.QuantType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tiny F32 models with llama.cpp's logits beside them; {@code reference/README.md} in the resources tells the origin. */
public enum ReferenceModel {

    /** Separate head, two query heads to a key head. */
    LLAMA(TinyModel.of("llama", QuantType.F32).withSizes(64, 2, 4, 2, 16, 32)),
    /** Tied head, frequency factors, four query heads to one key head. */
    LLAMA_FACTORS_TIED(TinyModel.of("llama", QuantType.F32).withSizes(64, 2, 4, 1, 16, 64).withTied(true)
            .withRopeFactors(true).withSeed(2)),
    /** Tied head, linear rope scaling, a key head to each query head. */
    LLAMA_LINEAR_TIED(TinyModel.of("llama", QuantType.F32).withSizes(64, 2, 4, 4, 16, 32).withTied(true)
            .withRopeScale(2).withSeed(3)),
    /** Tied head, biases. */
    QWEN2(TinyModel.of("qwen2", QuantType.F32).withSizes(64, 2, 4, 2, 16, 64).withTied(true).withSeed(4)),
    /** Tied head, norms on queries and keys, three heads of 32 over a width of 64. */
    QWEN3(TinyModel.of("qwen3", QuantType.F32).withSizes(64, 2, 3, 1, 32, 32).withTied(true).withSeed(5));

    private final TinyModel model;

    ReferenceModel(TinyModel model) {
        this.model = model;
    }

    /**
     * What llama.cpp made of one text.
     *
     * @param tokens special tokens read as such
     * @param logits per position all tokens' logits; a few positions only
     */
    public record Sequence(String text, int[] tokens, SortedMap<Integer, float[]> logits) {}

    public TinyModel model() {
        return model;
    }

    public Path write(Path file) {
        return model.write(file);
    }

    /** SHA-256 of the file that llama.cpp read, in hexadecimal. */
    public String digest() {
        return lines().getFirst().substring("model ".length());
    }

    public List<Sequence> sequences() {
        var sequences = new ArrayList<Sequence>();
        String text = "";
        for (String line : lines()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "model" -> {
                }
                case "text" -> text = line.substring("text ".length()).replace("\\n", "\n");
                case "tokens" -> sequences.add(new Sequence(text,
                        Arrays.stream(words, 1, words.length).mapToInt(Integer::parseInt).toArray(), new TreeMap<>()));
                case "logits" -> sequences.getLast().logits().put(Integer.parseInt(words[1]), floats(words));
                default -> throw new IllegalStateException("unknown line: " + words[0]);
            }
        }
        return sequences;
    }

    private static float[] floats(String[] words) {
        float[] values = new float[words.length - 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(words[i + 2]);
        }
        return values;
    }

    private List<String> lines() {
        String resource = "/reference/" + name().toLowerCase(Locale.ROOT) + ".txt";
        try (InputStream in = ReferenceModel.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
