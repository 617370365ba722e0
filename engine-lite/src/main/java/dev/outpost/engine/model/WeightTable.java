package dev.outpost.engine.model;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.TensorEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors a network asks for, checked against those the file has. A tensor nobody asks for is a fault too: a network
 * that silently leaves out a bias gives wrong answers.
 */
public final class WeightTable {

    private final GgufFile file;
    private final Map<String, WeightMatrix> matrices = new LinkedHashMap<>();
    private final Map<String, WeightVector> vectors = new LinkedHashMap<>();
    private WeightVector ropeDivisors = new WeightVector();

    WeightTable(GgufFile file) {
        this.file = file;
    }

    /** A required matrix {@code [rows, columns]}. */
    public WeightMatrix matrix(String name, int rows, int columns) {
        var entry = file.tensor(name).orElseThrow(() -> missing(name));
        requireShape(entry, List.of((long) columns, (long) rows));
        return matrices.computeIfAbsent(name, key -> new WeightMatrix(entry));
    }

    /** A required vector {@code [length]}. */
    public WeightVector vector(String name, int length) {
        if (file.tensor(name).isEmpty()) {
            throw missing(name);
        }
        return optionalVector(name, length);
    }

    /** A vector {@code [length]} that stays empty where the file has none. */
    public WeightVector optionalVector(String name, int length) {
        var entry = file.tensor(name);
        if (entry.isEmpty()) {
            return new WeightVector();
        }
        requireShape(entry.get(), List.of((long) length));
        return vectors.computeIfAbsent(name, key -> new WeightVector());
    }

    /** The matrix {@code name}, or {@code otherwise} where the file has none: tied embeddings. */
    public WeightMatrix matrixOr(String name, WeightMatrix otherwise, int rows, int columns) {
        return file.tensor(name).isPresent() ? matrix(name, rows, columns) : otherwise;
    }

    /** {@code blk.<layer>.<part>}, as GGUF names the tensors of a layer. */
    public static String layer(int layer, String part) {
        return "blk." + layer + "." + part;
    }

    static ModelRejectedException missing(String name) {
        return new ModelRejectedException("missing_tensor", name, -1, "required tensor is absent");
    }

    /** Divisors of the rotation frequencies, one per pair, where the file has them (Llama 3). */
    void ropeDivisors(int pairs) {
        ropeDivisors = optionalVector("rope_freqs.weight", pairs);
    }

    /** Empty where the file has none. */
    float[] ropeDivisors() {
        return ropeDivisors.values();
    }

    Map<String, WeightMatrix> matrices() {
        return matrices;
    }

    Map<String, WeightVector> vectors() {
        return vectors;
    }

    /** Rejects a file with a tensor that was not asked for. */
    void requireAllAsked() {
        for (var entry : file.tensors()) {
            if (!matrices.containsKey(entry.name()) && !vectors.containsKey(entry.name())) {
                throw new ModelRejectedException("unexpected_tensor", entry.name(), entry.offset(),
                        "the architecture has no such tensor: shape=" + entry.shape());
            }
        }
    }

    private static void requireShape(TensorEntry entry, List<Long> expected) {
        if (!trimmed(entry.shape()).equals(trimmed(expected))) {
            throw new ModelRejectedException("tensor_shape", entry.name(), entry.offset(),
                    "shape does not fit the hyper-parameters: expected=" + expected + ", found=" + entry.shape());
        }
    }

    /** A shape without trailing ones: [576] and [576, 1] are the same rows. */
    private static List<Long> trimmed(List<Long> shape) {
        int length = shape.size();
        while (length > 1 && shape.get(length - 1) == 1) {
            length--;
        }
        return shape.subList(0, length);
    }
}
