package dev.outpost.engine.kernels;

/** Families of operations; kernels of one family share a signature. */
public enum KernelOp {
    /** Products with one weight type. */
    MATMUL,
    /** Norm, quantisation, activation, rotation. */
    ROWS,
    /** Softmax attention over one kind of key-value store. */
    ATTENTION
}
