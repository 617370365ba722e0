/**
 * The arithmetic of a forward pass: one contract, several tiers with the same bits.
 *
 * <p>{@link dev.outpost.engine.kernels.Kernels} is the door; it checks shapes once, picks a tier by
 * {@link dev.outpost.engine.kernels.KernelTable} and spreads work over {@link dev.outpost.engine.kernels.WorkerPool}.
 * What is computed, to the bit, is in docs/understand/arithmetic.md; {@code scalar} is its readable form, the tiers
 * beside it are faster forms. No tensor names, no model knowledge. One thread calls at a time; the caller owns every
 * array and segment it passes, kernels own their scratch.
 */
package dev.outpost.engine.kernels;
