package dev.outpost.engine.model;

/** A norm weight or bias {@code [n]} that a network names before it is loaded; F32 on the heap. */
public final class WeightVector {

    private float[] values = {};

    WeightVector() {}

    void fill(float[] decoded) {
        values = decoded;
    }

    /** {@code [n]}; empty where an optional vector is absent. */
    float[] values() {
        return values;
    }
}
