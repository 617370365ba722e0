package dev.outpost.engine.kernels;

/** Operations on single rows: cheap beside the products, and computed where their inputs lie. Keeps no state. */
public non-sealed interface RowKernels extends Kernel {

    /** Rows {@code first … end} of {@code out = x · weight / rms(x)}; {@code out} may be {@code x}. */
    void rmsNorm(float[] x, int first, int end, int width, float[] weight, float epsilon, float[] out);

    /** Quantises rows {@code first … end} of {@code x.rows()} into its other forms. */
    void quantise(ActivationRows x, int first, int end);

    /** {@code x[row] += bias}. */
    void addBias(float[] x, int n, int width, float[] bias);

    /** {@code x += y}. */
    void add(float[] x, float[] y, int first, int end);

    /** {@code gate = silu(gate) · up}. */
    void swiglu(float[] gate, float[] up, int first, int end);

    /** Rotates rows {@code first … end} of {@code x [n, heads, headDim]} in place. */
    void rope(float[] x, int first, int end, int heads, int headDim, int[] positions, RopeAngles table, boolean neox);
}
