package dev.outpost.engine.kernels;

/**
 * One entry of {@link KernelTable}.
 *
 * @param operand what the kernel reads: a weight type's name for {@link KernelOp#MATMUL}, a {@link KvType}'s for
 *        {@link KernelOp#ATTENTION}, {@code F32} for {@link KernelOp#ROWS}
 * @param isa the least level that can run it
 */
public record KernelRow(KernelOp op, String operand, IsaLevel isa, Kernel kernel) {}
