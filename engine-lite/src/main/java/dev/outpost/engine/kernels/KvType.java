package dev.outpost.engine.kernels;

/** How keys and values are kept. */
public enum KvType {
    /** Binary16; values beyond ±65504 are clamped. */
    F16,
    /** 8-bit integers, one binary16 scale for 32 values of a head: 34 bytes for 32 values. */
    Q8_0
}
