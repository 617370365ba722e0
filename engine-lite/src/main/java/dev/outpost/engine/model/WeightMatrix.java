package dev.outpost.engine.model;

import dev.outpost.engine.gguf.TensorEntry;
import dev.outpost.engine.pack.PackedMatrix;
import java.util.Objects;

/** A matrix {@code [rows, columns]} that a network names before it is loaded. Filled once, by the loading thread. */
public final class WeightMatrix {

    private final TensorEntry entry;
    private PackedMatrix packed;

    WeightMatrix(TensorEntry entry) {
        this.entry = entry;
    }

    TensorEntry entry() {
        return entry;
    }

    long packedBytes() {
        return PackedMatrix.packedBytes(entry.type(), entry.rows(), entry.columns());
    }

    void fill(PackedMatrix matrix) {
        packed = matrix;
    }

    /** The packed weights; borrowed until the model closes. */
    PackedMatrix packed() {
        return Objects.requireNonNull(packed, entry.name());
    }
}
