package dev.outpost.engine.kernels;

/** What a row of {@link KernelTable} points to. */
public sealed interface Kernel permits MatMulKernel, RowKernels, AttentionKernel {}
