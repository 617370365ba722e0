/**
 * Logits to a token id, reproducibly.
 *
 * <p>Here: the filters, the penalties, the draw, and log-probabilities of the raw distribution. Not here: text, stop
 * conditions, grammar. All arithmetic is in a fixed order with our own exponential, so equal seeds give equal ids on
 * every machine. Objects belong to one thread, the scheduler's; all memory is on the heap.
 */
package dev.outpost.engine.sampling;
