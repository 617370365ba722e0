package dev.outpost.engine.kernels;

import dev.outpost.engine.pack.PackedLayout;
import dev.outpost.engine.pack.PackedMatrix;

/** Products of activation rows with 32-row groups of one weight matrix. Assumes checked shapes; keeps no state. */
public non-sealed interface MatMulKernel extends Kernel {

    /**
     * Computes {@code out[i, r] = x[firstRow + i] · weights[32 firstGroup + r]}.
     *
     * @param n rows of {@code x} to use
     * @param groups 32-row groups of the weights to use; padded rows give results that are not read
     * @param scratch this worker's
     * @param out {@code [n, width(groups)]}; what lies beyond the groups asked for is undefined
     */
    void multiply(ActivationRows x, int firstRow, int n, PackedMatrix weights, int firstGroup, int groups,
            KernelScratch scratch, float[] out);

    /** Columns of a result: kernels work on two groups at a time. */
    static int width(int groups) {
        return (groups + 1) / 2 * 2 * PackedLayout.GROUP_ROWS;
    }
}
