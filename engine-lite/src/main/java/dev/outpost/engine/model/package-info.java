/**
 * What to compute, in which order: GGUF metadata and tensors to a {@link dev.outpost.engine.model.Model}.
 *
 * <p>Here: the reader that checks a file's hyper-parameters and tensors, the fit to the memory budget, the steps of a
 * forward pass. One package per family ({@code llama}, {@code qwen}) says in which order an architecture takes those
 * steps. Not here: arithmetic ({@code kernels}), tokens, sampling, which request runs when.
 *
 * <p>Memory: the model owns one arena for weights and one for keys and values, freed by {@code close()}; activations
 * are arrays of the one {@link dev.outpost.engine.model.ForwardPass}. One thread, the scheduler's, runs a model.
 */
package dev.outpost.engine.model;
