/**
 * Weights in the order the kernels read them: 32 rows side by side, so that a vector lane is an output row.
 *
 * <p>Packing is a bijection of a row group's bytes: nothing is rounded, the source can be rebuilt. Packed bytes belong
 * to the arena that the caller's allocator stands for; a {@link dev.outpost.engine.pack.PackedMatrix} borrows them.
 * No arithmetic is here (that is {@code kernels}), and no file format (that is {@code gguf}). Safe to read from any
 * thread once packed.
 */
package dev.outpost.engine.pack;
