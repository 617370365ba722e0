/**
 * The readable reference of every operation: plain loops in the order that docs/understand/arithmetic.md gives.
 *
 * <p>Nothing here is fast on purpose. Every other tier has to give the same bits. Weights are read by the block
 * formats' own accessors, not by the packed layout's order, so that a mistake there cannot hide.
 */
package dev.outpost.engine.kernels.scalar;
