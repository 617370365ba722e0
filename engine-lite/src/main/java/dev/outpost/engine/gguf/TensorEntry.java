package dev.outpost.engine.gguf;

import dev.outpost.engine.quant.QuantType;
import java.util.List;

/**
 * One row of the tensor table, checked.
 *
 * @param name as in the file, such as {@code blk.0.attn_q.weight}
 * @param shape in ggml's order: [0] is the row length; 1 to 4 dimensions, each at least 1
 * @param offset bytes from the start of the file
 * @param bytes size of the data
 */
public record TensorEntry(String name, QuantType type, List<Long> shape, long offset, long bytes) {

    public TensorEntry {
        shape = List.copyOf(shape);
    }

    /** Length of a row. */
    public int columns() {
        return Math.toIntExact(shape.getFirst());
    }

    /** Number of rows: the product of all dimensions but the first. */
    public int rows() {
        long rows = 1;
        for (long dimension : shape.subList(1, shape.size())) {
            rows = Math.multiplyExact(rows, dimension);
        }
        return Math.toIntExact(rows);
    }

    /** Number of weights. */
    public long elements() {
        return (long) columns() * rows();
    }
}
