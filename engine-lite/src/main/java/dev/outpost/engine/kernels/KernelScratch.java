package dev.outpost.engine.kernels;

/** Buffers of one worker, grown to what its largest task so far needed. Never shared between threads. */
public final class KernelScratch {

    private float[] result = new float[0];
    private float[] panel = new float[0];
    private float[] values = new float[0];
    private float[] queries = new float[0];
    private float[] scales = new float[0];
    private float[] state = new float[0];
    private short[] shorts = new short[0];
    private short[] sums = new short[0];
    private byte[] bytes = new byte[0];

    /** Where a task leaves its result until it is committed. */
    public float[] result(int length) {
        if (result.length < length) {
            result = new float[length];
        }
        return result;
    }

    /** Unpacked weights or keys. */
    public float[] panel(int length) {
        if (panel.length < length) {
            panel = new float[length];
        }
        return panel;
    }

    /** Unpacked values beside a panel of keys. */
    public float[] values(int length) {
        if (values.length < length) {
            values = new float[length];
        }
        return values;
    }

    /** Query vectors side by side. */
    public float[] queries(int length) {
        if (queries.length < length) {
            queries = new float[length];
        }
        return queries;
    }

    /** Scales beside a panel. */
    public float[] scales(int length) {
        if (scales.length < length) {
            scales = new float[length];
        }
        return scales;
    }

    /** Scores and running sums. */
    public float[] state(int length) {
        if (state.length < length) {
            state = new float[length];
        }
        return state;
    }

    /** Unpacked weights in 16 bit. */
    public short[] shorts(int length) {
        if (shorts.length < length) {
            shorts = new short[length];
        }
        return shorts;
    }

    /** Integer sums on their way to floats. */
    public short[] sums(int length) {
        if (sums.length < length) {
            sums = new short[length];
        }
        return sums;
    }

    /** Packed weights on their way to a panel. */
    public byte[] bytes(int length) {
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        return bytes;
    }
}
