/**
 * Block formats of quantised tensors: sizes, layout drawings, scalar decode.
 *
 * <p>One file a format. Everything here is static arithmetic over a borrowed segment, for any thread; nothing is
 * allocated. Decoding is bit-equal to ggml's {@code dequantize_row_*} compiled without floating-point contraction.
 * Packing for kernels lives in {@code pack}; which tensor has which type, in {@code gguf}.
 */
package dev.outpost.engine.quant;
