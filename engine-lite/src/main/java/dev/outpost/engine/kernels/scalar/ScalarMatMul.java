package dev.outpost.engine.kernels.scalar;

import dev.outpost.engine.kernels.ActivationRows;
import dev.outpost.engine.kernels.KernelScratch;
import dev.outpost.engine.kernels.MatMulKernel;
import dev.outpost.engine.pack.PackedLayout;
import dev.outpost.engine.pack.PackedMatrix;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Matrix product of any packed type: one accumulator per output, groups ascending. */
public final class ScalarMatMul implements MatMulKernel {

    private static final int LANES = PackedLayout.GROUP_ROWS;

    @Override
    public void multiply(ActivationRows x, int firstRow, int n, PackedMatrix weights, int firstGroup, int groups,
            KernelScratch scratch, float[] out) {
        int width = MatMulKernel.width(groups);
        byte[] blocks = scratch.bytes(Math.toIntExact(weights.type().bytes(weights.columns())));
        for (int r = 0; r < groups * LANES; r++) {
            int weightRow = firstGroup * LANES + r;
            if (weightRow < weights.rows()) {
                weights.readRow(weightRow, blocks);
                for (int i = 0; i < n; i++) {
                    out[i * width + r] = dot(x, firstRow + i, weights.type(), MemorySegment.ofArray(blocks));
                }
            }
        }
    }

    private static float dot(ActivationRows x, int row, QuantType type, MemorySegment blocks) {
        return switch (type) {
            case F32, F16, BF16 -> plainDot(x, row, type, blocks);
            default -> groupDot(x, row, new WeightGroups(type, blocks), type);
        };
    }

    private static float groupDot(ActivationRows x, int row, WeightGroups weights, QuantType type) {
        int size = WeightGroups.size(type);
        boolean minimum = WeightGroups.hasMinimum(type);
        float sum = 0;
        for (int group = 0; group < x.columns() / size; group++) {
            int integers = 0;
            for (int index = 0; index < size; index++) {
                int quant = (int) x.quants()[row * x.stride() + group * size + index];
                integers += weights.quant(group, index) * quant;
            }
            int at = row * x.groups() + group * size / ActivationRows.GROUP;
            sum = Math.fma((float) integers, weights.scale(group) * x.scales()[at], sum);
            if (minimum) {
                sum = Math.fma(weights.minimum(group), x.scales()[at] * x.sums()[at], sum);
            }
        }
        return sum;
    }

    private static float plainDot(ActivationRows x, int row, QuantType type, MemorySegment weights) {
        float sum = 0;
        for (int k = 0; k < x.columns(); k++) {
            sum = Math.fma(plain(type, weights, k), x.rows()[row * x.columns() + k], sum);
        }
        return sum;
    }

    private static float plain(QuantType type, MemorySegment weights, int k) {
        return switch (type) {
            case F32 -> weights.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN),
                    k * 4L);
            case F16 -> Float.float16ToFloat(half(weights, k));
            default -> Float.intBitsToFloat(half(weights, k) << 16);
        };
    }

    private static short half(MemorySegment weights, int k) {
        return weights.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN), k * 2L);
    }
}
